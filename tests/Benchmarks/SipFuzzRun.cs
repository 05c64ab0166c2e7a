using System.Diagnostics;
using Webphone.Sip.Tests.Fuzz;

namespace Webphone.Benchmarks;

/// <summary><c>fuzz sip --count N [--seed S]</c>: puts N mutated messages through the SIP parsers on all cores and reports rate, exceptions and memory.</summary>
internal static class SipFuzzRun
{
    public static int Run(string[] args)
    {
        var count = Option(args, "--count", 1_000_000);
        var seed = (int)Option(args, "--seed", Environment.TickCount);
        var workers = Environment.ProcessorCount;
        long taken = 0, done = 0;
        var exceptions = 0;
        var watch = Stopwatch.StartNew();
        var early = 0L;
        Console.WriteLine($"fuzz sip: {count:N0} mutated messages, seed {seed}, {workers} threads");
        Parallel.For(0, workers, worker =>
        {
            var mutator = new Mutator(seed + worker, Corpus.Messages);
            for (var i = worker; i < count; i += workers)
            {
                var bytes = mutator.Next();
                try
                {
                    if (SipFuzz.Run(bytes))
                        Interlocked.Increment(ref taken);
                }
                catch (Exception exception)
                {
                    if (Interlocked.Increment(ref exceptions) <= 5)
                        Console.WriteLine($"{exception}\n{Convert.ToBase64String(bytes)}");
                }

                if (Interlocked.Increment(ref done) == count / 10)
                    early = GC.GetTotalMemory(forceFullCollection: true);
            }
        });
        var late = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(
            $"{done:N0} messages in {watch.Elapsed.TotalSeconds:F0} s ({done / watch.Elapsed.TotalSeconds:N0}/s), {taken:N0} taken, {exceptions} exceptions, "
            + $"live memory {early / 1024:N0} KiB after a tenth and {late / 1024:N0} KiB at the end, peak working set {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
        return exceptions == 0 ? 0 : 1;
    }

    private static long Option(string[] args, string name, long otherwise)
    {
        var index = Array.IndexOf(args, name);
        return index >= 0 && index + 1 < args.Length ? long.Parse(args[index + 1]) : otherwise;
    }
}
