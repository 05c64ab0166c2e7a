using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Dialogs;

/// <summary>The dialogs of one stack, found by Call-ID and both tags without making strings. A request with other tags is a stranger's.</summary>
internal sealed class DialogTable(HashSeed seed)
{
    private readonly Dictionary<UInt128, InviteSession> _sessions = [];

    public int Count => _sessions.Count;

    public static UInt128 KeyOf(in HashSeed seed, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
    {
        var hash = new KeyedHash(seed);
        hash.Add(callId);
        hash.Add(localTag);
        hash.Add(remoteTag);
        return hash.Finish();
    }

    public void Add(Dialog dialog, InviteSession session) => _sessions[dialog.Key] = session;

    public void Remove(Dialog dialog) => _sessions.Remove(dialog.Key);

    /// <summary>The session that a request belongs to, by its To tag (ours), From tag (theirs) and Call-ID; null if there is none.</summary>
    public InviteSession? Find(SipMessage request) =>
        _sessions.GetValueOrDefault(KeyOf(seed, request.CallId, request.ToTag, request.FromTag));
}
