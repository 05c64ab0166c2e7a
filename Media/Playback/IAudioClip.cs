namespace Webphone.Media.Playback;

/// <summary>A sound that can be played any number of times at once. Thread-safe.</summary>
public interface IAudioClip
{
    /// <summary>Length of one pass.</summary>
    TimeSpan Duration { get; }

    /// <summary>Begins one playing.</summary>
    /// <param name="sampleRate">8000, 16000 or 48000 samples a second.</param>
    IAudioSource Open(int sampleRate);
}

/// <summary>One playing of a clip. Not thread-safe.</summary>
public interface IAudioSource
{
    /// <summary>Fills the frame, with silence behind the end; false when the clip was already over and the frame is all silence.</summary>
    bool Read(Span<short> frame);
}
