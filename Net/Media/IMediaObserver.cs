namespace Webphone.Net.Media;

/// <summary>
/// Hears what happens on an endpoint, in order and one thing at a time for each endpoint, on the thread pool. One that does not
/// return misses what comes after; it holds up no media.
/// </summary>
public interface IMediaObserver
{
    /// <summary>The leg pressed a key (RFC 4733); reported once, at its start.</summary>
    void OnDigit(MediaEndpoint endpoint, char digit);

    /// <summary>The leg has said nothing for the time-out though it should; reported once for each silence.</summary>
    void OnSilent(MediaEndpoint endpoint);

    /// <summary>A clip played to its end; not reported when it was stopped or replaced.</summary>
    void OnPlaybackFinished(MediaEndpoint endpoint);

    /// <summary>A WebRTC peer has fallen silent or closed its transport; reported once, until it is back.</summary>
    void OnLost(MediaEndpoint endpoint)
    {
    }

    /// <summary>A WebRTC peer that was lost is heard again.</summary>
    void OnBack(MediaEndpoint endpoint)
    {
    }

    /// <summary>The leg begins or ends to speak in a mix.</summary>
    void OnSpeaking(MediaEndpoint endpoint, bool speaking)
    {
    }
}
