namespace Webphone.Silo.Edges;

/// <summary>Names new calls. Nobody can guess the next. Safe from any thread.</summary>
internal interface ICallKeys
{
    /// <summary>The key of a call's grain: the tenant, and an identifier of 128 bits.</summary>
    string New(string tenant);
}

/// <summary>Where it is all the same where a call is registered.</summary>
internal sealed class RandomCallKeys : ICallKeys
{
    public string New(string tenant) => $"{tenant}/{RandomId.New()}";
}
