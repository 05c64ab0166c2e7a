using BenchmarkDotNet.Running;
using Webphone.Benchmarks;
using Webphone.Benchmarks.Engine;
using Webphone.Benchmarks.Load;
using Webphone.Benchmarks.Media;

switch (args)
{
    case ["fuzz", "sip", ..]:
        return SipFuzzRun.Run(args);
    case ["collect", var pid]:
        return await FullCollection.Run(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));
    case ["figures", "engine"]:
        await EngineFigures.Print();
        return 0;
    case ["rtp-load" or "rtp-load-phones", ..]:
        return RtpLoad.Run(args);
    case ["webrtc-load" or "webrtc-load-peers", ..]:
        return await WebRtcLoad.Run(args);
    case ["room-load" or "room-load-phones", ..]:
        return RoomLoad.Run(args);
    case ["hub-load", ..]:
        return await HubLoad.Run(args);
    case ["lamps-load", ..]:
        return await LampsLoad.Run(args);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(EngineBenchmarks).Assembly).Run(args);
        return 0;
}
