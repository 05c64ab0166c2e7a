namespace Webphone.Grains.Calls;

/// <summary>
/// How a call stands for one of its users, sent along with what goes to the node of their device anyway: who gets it passes it on to the user, who is most
/// likely on that node too.
/// </summary>
/// <param name="UserKey">Key of the user's grain.</param>
[GenerateSerializer, Immutable]
public sealed record UserNews(string UserKey, CallView View);
