using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Recordings;

/// <summary>Something that only the recordings of a call are about: its machine does not see it.</summary>
public abstract record RecordingEvent : CallEvent;

/// <summary>A user wants something of the recording of their side.</summary>
public sealed record RecordingAsked(string Extension, RecordingAct Act) : RecordingEvent;

/// <summary>The node records, or cannot.</summary>
public sealed record RecordingAnswered(string Id, bool Records) : RecordingEvent;

/// <summary>What the recorder of a node is to do. Carried out in order with what is connected.</summary>
public abstract record RecordingCommand(EndpointId Endpoint) : MediaCommand(Endpoint);

/// <summary>Answered by <see cref="RecordingAnswered"/>.</summary>
public sealed record RecordEndpoint(EndpointId Endpoint, RecordingOrder Order, bool Paused) : RecordingCommand(Endpoint);

public sealed record PauseRecording(EndpointId Endpoint, string Id, bool Paused) : RecordingCommand(Endpoint);

public sealed record StopRecording(EndpointId Endpoint, string Id) : RecordingCommand(Endpoint);

/// <summary>Lets the leg hear what became of the keys that were pressed.</summary>
public sealed record CueEndpoint(EndpointId Endpoint, ProgressTone Tone) : RecordingCommand(Endpoint);
