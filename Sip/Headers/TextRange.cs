namespace Webphone.Sip.Headers;

/// <summary>Where a piece of text stands in its message; default is "not there".</summary>
internal readonly record struct TextRange(ushort Start, ushort Length)
{
    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);
}
