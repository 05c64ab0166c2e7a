namespace Webphone.Grains.Browsers;

/// <summary>A web frontend, which passes news on to the browsers that are connected to it.</summary>
public interface IFrontend : IGrainObserver
{
    Task Hear(string session, SessionNews news);

    /// <summary>These sign-ins of the user are over: connections by them are to be closed. Null means all of them.</summary>
    Task SignedOut(string userKey, string? signIn, bool passwordChanged);
}
