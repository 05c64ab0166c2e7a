namespace Webphone.Sip.Headers;

/// <summary>Where one header stands in its message: 8 bytes a line. The value is trimmed and may hold folds.</summary>
internal readonly record struct HeaderLine(HeaderName Name, byte NameLength, ushort NameStart, ushort ValueStart, ushort ValueLength);
