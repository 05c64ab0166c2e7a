namespace Webphone.Sip.Headers;

/// <summary>A set of header names.</summary>
internal struct HeaderFlags
{
    private ulong _low;
    private ulong _high;

    /// <summary>False if the name was in the set already.</summary>
    public bool Add(HeaderName name)
    {
        if (Has(name))
            return false;
        if ((int)name < 64)
            _low |= 1UL << (int)name;
        else
            _high |= 1UL << ((int)name - 64);
        return true;
    }

    public readonly bool Has(HeaderName name) =>
        ((int)name < 64 ? _low & (1UL << (int)name) : _high & (1UL << ((int)name - 64))) != 0;
}
