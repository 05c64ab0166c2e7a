namespace Webphone.Media.Srtp;

/// <summary>The last 64 packet indices that were accepted (RFC 3711 section 3.3.2).</summary>
internal struct ReplayWindow
{
    public const int Size = 64;
    private ulong _seen;
    private bool _any;

    /// <summary>The highest accepted index.</summary>
    public ulong Highest { get; private set; }

    public readonly bool IsNew(ulong index)
    {
        if (!_any || index > Highest)
            return true;
        var age = Highest - index;
        return age < Size && (_seen & (1UL << (int)age)) == 0;
    }

    public void Accept(ulong index)
    {
        if (!_any || index > Highest)
        {
            var step = _any ? index - Highest : Size;
            _seen = step < Size ? (_seen << (int)step) | 1 : 1;
            Highest = index;
            _any = true;
        }
        else
        {
            _seen |= 1UL << (int)(Highest - index);
        }
    }
}
