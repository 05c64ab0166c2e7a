using System.Runtime.InteropServices;
using Webphone.Silo.Hosting;

// The first signal ends the server in good order; the second one ends it at once, as the system does by itself.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext context)
{
    if (stop.IsCancellationRequested) return;
    context.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await WebphoneProgram.Run(args, Environment.GetEnvironmentVariables(), Directory.GetCurrentDirectory(), Console.Out, Console.Error, stop.Token);
