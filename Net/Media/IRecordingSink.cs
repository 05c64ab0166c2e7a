using Webphone.Media.Recording;

namespace Webphone.Net.Media;

/// <summary>Takes what a <see cref="MediaRecorder"/> makes. Called on a media loop: it must return at once, and neither block nor allocate.</summary>
public interface IRecordingSink
{
    /// <summary>The next frame of <see cref="RecordingFormat.FrameSamples"/>, which is the caller's again afterwards.</summary>
    void Write(ReadOnlySpan<short> frame);

    /// <summary>Nothing follows. Called once.</summary>
    void End();
}
