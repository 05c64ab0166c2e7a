using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>How many messages each mailbox has.</summary>
internal interface IMailboxCounts
{
    /// <summary>The key (<c>tenant/extension</c>) of a user whose mailbox changed.</summary>
    event Action<string>? Changed;

    /// <summary>The address to call to hear them.</summary>
    string Number { get; }

    Task<MessageCounts> Read(string userKey);
}

/// <summary>No user has a mailbox: nothing waits for anybody.</summary>
internal sealed class NoMailboxes : IMailboxCounts
{
    public event Action<string>? Changed
    {
        add { }
        remove { }
    }

    public string Number => "*97";

    public Task<MessageCounts> Read(string userKey) => Task.FromResult(default(MessageCounts));
}

/// <summary>The message lamp of one user.</summary>
internal sealed class MailboxSource(string key, string userKey, IMailboxCounts mailboxes) : LampSource(key)
{
    private MessageCounts? _counts;

    public override bool IsKnown => _counts is not null;

    public override async Task Watch(LampBoard board)
    {
        var counts = await mailboxes.Read(userKey);
        board.Take(this, () => TryTake(counts));
    }

    public override Task Unwatch(LampBoard board) => Task.CompletedTask;

    public override EventDocument Write(Lamp lamp) =>
        MessageSummary.Write(LampPackages.EntityOf(mailboxes.Number, lamp.Domain), _counts ?? default);

    private bool TryTake(in MessageCounts counts)
    {
        if (_counts == counts)
            return false;
        _counts = counts;
        return true;
    }
}
