using System.Collections.Immutable;

namespace Webphone.Grains.Users;

/// <summary>A REGISTER that was authenticated and parsed: bindings to add or refresh, and ids to remove. Both empty asks for the list (a query).</summary>
/// <param name="Set">Bindings to add or refresh.</param>
/// <param name="Remove">Ids of bindings to remove.</param>
/// <param name="RemoveAll">Contact: * — removes every binding.</param>
/// <param name="CallId">Call-ID of the request.</param>
/// <param name="CSeq">CSeq of the request; one that is not higher than the binding's with the same Call-ID is refused (RFC 3261 §10.3).</param>
/// <param name="Again">It was sent before and may have been carried out: the same CSeq is no reason to refuse it then.</param>
[GenerateSerializer, Immutable]
public sealed record RegisterBindings(ImmutableArray<Binding> Set, ImmutableArray<string> Remove, bool RemoveAll, string CallId, long CSeq, bool Again = false);

/// <summary>Why a registration was refused.</summary>
public enum RegisterRefusal
{
    None,

    /// <summary>The CSeq is older than what is bound (500).</summary>
    OutOfOrder,

    /// <summary>One request names more than <see cref="UserLimits.Devices"/> devices (403). When there are too many in all, the one refreshed longest ago is let go.</summary>
    TooManyDevices,

    /// <summary>The user is not in the directory any more (404).</summary>
    UnknownUser,
}

/// <summary>The bindings after the registration, or why nothing was changed.</summary>
[GenerateSerializer, Immutable]
public sealed record RegisterResult(RegisterRefusal Refusal, ImmutableArray<Binding> Bindings);

/// <summary>Bounds of one user.</summary>
public static class UserLimits
{
    public const int Devices = 10;
    public const int Calls = 20;
}
