using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// The transfer that a browser asked for last, for one leg. One goes on at a time; asking again with the same id asks for nothing new, and tells how it stands.
/// Safe from any thread.
/// </summary>
internal sealed class LegTransfer(Action<TransferTold> tell)
{
    private readonly Lock _gate = new();
    private TransferTold? _last;

    public TransferTold? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public bool IsUnderWay => Last is { News.Phase: TransferPhase.Trying };

    /// <summary>True when the call is to be asked.</summary>
    public bool TryBegin(TransferCall command)
    {
        lock (_gate)
        {
            if (_last is { } known && known.Command.RequestId == command.RequestId)
            {
                tell(known);
                return false;
            }
            if (_last is { News.Phase: TransferPhase.Trying })
            {
                tell(new TransferTold(command, new TransferNews(command.RequestId, TransferPhase.Failed, CallEnd.Forbidden)));
                return false;
            }
            _last = new TransferTold(command, new TransferNews(command.RequestId, TransferPhase.Trying, CallEnd.None));
            tell(_last);
            return true;
        }
    }

    public void Refuse(TransferCall command, CallEnd reason)
    {
        if (TryBegin(command))
            Hear(new TransferNews(command.RequestId, TransferPhase.Failed, reason));
    }

    /// <summary>False when it is news of another request. What is over stays so, whatever comes late.</summary>
    public bool Hear(TransferNews news)
    {
        lock (_gate)
        {
            if (_last is not { } known || known.Command.RequestId != news.RequestId)
                return false;
            if (known.News.Phase != TransferPhase.Trying || news.Phase == TransferPhase.Trying)
                return true;
            _last = known with { News = news };
            tell(_last);
            return true;
        }
    }
}
