namespace Webphone.Sip.Headers;

/// <summary>The parameters that every message is asked for, noted while all are checked, so that they are not searched again.</summary>
internal ref struct NotedParameters
{
    private int _tags;
    private int _branches;
    private int _receiveds;
    private int _rports;

    public ReadOnlySpan<byte> Tag { get; private set; }

    public ReadOnlySpan<byte> Branch { get; private set; }

    public readonly bool HasEmptyTag => _tags > 0 && Tag.IsEmpty;

    public readonly bool HasReceived => _receiveds > 0;

    public readonly bool HasRport => _rports > 0;

    public readonly bool HasTwoTags => _tags > 1;

    /// <summary>Two branches or two received would let two elements see two different transactions or addresses.</summary>
    public readonly bool AreUniqueInVia => _branches <= 1 && _receiveds <= 1 && _rports <= 1;

    public void Note(in HeaderParameter parameter)
    {
        switch (parameter.Name.Length)
        {
            case 3 when parameter.Is("tag"u8):
                if (_tags++ == 0)
                    Tag = parameter.Value;
                break;
            case 5 when parameter.Is("rport"u8):
                _rports++;
                break;
            case 6 when parameter.Is("branch"u8):
                if (_branches++ == 0)
                    Branch = parameter.Value;
                break;
            case 8 when parameter.Is("received"u8):
                _receiveds++;
                break;
            default:
                break;
        }
    }
}
