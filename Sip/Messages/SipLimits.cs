namespace Webphone.Sip.Messages;

/// <summary>What we take from a peer at most. Each limit has a test at it and over it.</summary>
public static class SipLimits
{
    /// <summary>One message with its body. A UDP datagram cannot be longer, and offsets fit in 16 bits.</summary>
    public const int MessageBytes = 65_535;

    /// <summary>Start line and headers together.</summary>
    public const int HeadBytes = 32_768;

    public const int BodyBytes = 61_440;

    /// <summary>Header lines, folded ones counted once. Also the Vias that a loop could pile up.</summary>
    public const int HeaderLines = 256;

    public const int HeaderNameBytes = 200;

    /// <summary>A header with its folds.</summary>
    public const int HeaderValueBytes = 8_192;

    public const int UriBytes = 1_024;

    public const int MethodBytes = 64;

    /// <summary>Parameters of one header value or of one URI.</summary>
    public const int Parameters = 64;

    /// <summary>Comma-separated values of one line that is parsed on receipt (Via, Route, Contact …).</summary>
    public const int ValuesPerLine = 64;

    /// <summary>Parts of one multipart body.</summary>
    public const int MultipartParts = 16;

    /// <summary>Multipart bodies within multipart bodies.</summary>
    public const int MultipartDepth = 4;
}
