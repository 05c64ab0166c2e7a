using BenchmarkDotNet.Running;
using Webphone.Benchmarks;

if (args is ["fuzz", "sip", ..])
    return SipFuzzRun.Run(args);
BenchmarkSwitcher.FromAssembly(typeof(SipParsingBenchmarks).Assembly).Run(args);
return 0;
