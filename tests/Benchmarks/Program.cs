using BenchmarkDotNet.Running;
using Webphone.Benchmarks;
using Webphone.Benchmarks.Engine;

switch (args)
{
    case ["fuzz", "sip", ..]:
        return SipFuzzRun.Run(args);
    case ["figures", "engine"]:
        await EngineFigures.Print();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(EngineBenchmarks).Assembly).Run(args);
        return 0;
}
