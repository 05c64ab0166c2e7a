namespace Webphone.Sip.Tests.Torture;

/// <summary>What becomes of one torture message at a user agent server that is also the registrar of its domain, as we are.</summary>
/// <param name="Section">Where RFC 4475 speaks of the message.</param>
/// <param name="Outcome">"taken", "discarded", or the status of the answer, with the parser's reason where it was the parser that refused.</param>
/// <param name="Asked">What the section asks for, in our words; and why we do what we do where it leaves a choice.</param>
internal sealed record TortureRow(string Section, string Outcome, string Asked);

/// <summary>The 49 messages of RFC 4475 with their outcomes. None deviates from what its section asks for or allows.</summary>
internal static class Rfc4475Outcomes
{
    public static IReadOnlyDictionary<string, TortureRow> Rows { get; } = new Dictionary<string, TortureRow>
    {
        // Valid messages, however strange.
        ["wsinv"] = new("3.1.1.1", "481", "Everybody takes it as well-formed. Its To has a tag, of a dialog that we do not have: 481 (RFC 3261 §12.2.2)."),
        ["intmeth"] = new("3.1.1.2", "501", "Well-formed. An end point answers an unknown method with 501 and lists its own in Allow."),
        ["esc01"] = new("3.1.1.3", "taken", "Well-formed; escapes count in URIs and reason phrases only, and are resolved once."),
        ["escnull"] = new("3.1.1.4", "200", "Well-formed; an escaped NUL cuts no name short, and two contacts are registered."),
        ["esc02"] = new("3.1.1.5", "501", "Well-formed: a percent sign is no escape in a method or header name. An end point answers 501."),
        ["lwsdisp"] = new("3.1.1.6", "taken", "Against the letter of the grammar, which is at fault: to be taken as well-formed."),
        ["longreq"] = new("3.1.1.7", "taken", "Well-formed, with very long names and values."),
        ["dblreq"] = new("3.1.1.8", "200", "The REGISTER is served; the octets behind its body are noise."),
        ["semiuri"] = new("3.1.1.9", "taken", "Well-formed: the semicolon and what follows belong to the user part."),
        ["transports"] = new("3.1.1.10", "taken", "Well-formed: the transports of the lower Vias do not matter."),
        ["mpart01"] = new("3.1.1.11", "taken", "Well-formed whether or not the application knows multipart/signed; the body has NULs."),
        ["unreason"] = new("3.1.1.12", "discarded", "Well-formed; no request of ours is being answered."),
        ["noreason"] = new("3.1.1.13", "discarded", "Well-formed without a reason phrase; no request of ours is being answered."),

        // Invalid messages.
        ["badinv01"] = new("3.1.2.1", "400 MalformedParameter", "Separators with nothing between them: 400."),
        ["clerr"] = new("3.1.2.2", "400 ContentLengthBeyondMessage", "Over UDP a body that is shorter than announced gets 400."),
        ["ncl"] = new("3.1.2.3", "400 MalformedContentLength", "A negative length is answered with an error; on a stream the connection is closed."),
        ["scalar02"] = new("3.1.2.4", "400 MalformedCSeq", "400 for the CSeq. Expiries out of range alone would be read as the largest."),
        ["scalarlg"] = new("3.1.2.5", "discarded MalformedCSeq", "A response with numbers out of range is discarded."),
        ["quotbal"] = new("3.1.2.6", "400 UnterminatedQuote", "400; guessing where the quote ends is allowed and unwise."),
        ["ltgtruri"] = new("3.1.2.7", "400 MalformedRequestUri", "Rejecting brackets around the Request-URI with 400 is always reasonable."),
        ["lwsruri"] = new("3.1.2.8", "400 MalformedStartLine", "White space in the Request-URI gets 400."),
        ["lwsstart"] = new("3.1.2.9", "400 MalformedStartLine", "More than one space between the elements may be rejected as malformed; elements must not differ in where the URI ends."),
        ["trws"] = new("3.1.2.10", "400 MalformedStartLine", "Spaces before the end of the request line may be rejected as malformed."),
        ["escruri"] = new("3.1.2.11", "400 HeadersInRequestUri", "Headers in the Request-URI may be rejected with 400, and must go nowhere else."),
        ["baddate"] = new("3.1.2.12", "taken", "One who does not use the Date should not refuse it for its time zone. We do not use it."),
        ["regbadct"] = new("3.1.2.13", "400 MalformedAddress", "A Contact with headers must be in brackets: 400 is reasonable, and nothing is registered."),
        ["badaspec"] = new("3.1.2.14", "400 MalformedUri", "Spaces within an addr-spec: 400 is reasonable."),
        ["baddn"] = new("3.1.2.15", "400 MalformedDisplayName", "An unquoted display name that needs quotes: 400 is always reasonable."),
        ["badvers"] = new("3.1.2.16", "505 UnsupportedVersion", "Another SIP version: 505, by way of a Via that has the same version."),
        ["mismatch01"] = new("3.1.2.17", "400 CSeqMethodMismatch", "CSeq and request line name different known methods: 400."),
        ["mismatch02"] = new("3.1.2.18", "501 UnknownMethod", "They differ and the method is unknown: 501, which lasts longer than the 400 that would do too."),
        ["bigcode"] = new("3.1.2.19", "discarded BadStatusCode", "A response code above 699 is dropped."),

        // Transactions.
        ["badbranch"] = new("3.2.1", "taken", "The cookie without an identifier: 400, or matching as RFC 2543 does, which we do."),

        // What the application makes of well-formed messages.
        ["insuf"] = new("3.3.1", "400 MissingFrom", "Without From, To and Call-ID nothing may break; ideally 400."),
        ["unkscm"] = new("3.3.2", "416", "An unknown scheme in the Request-URI: 416. To routes nothing."),
        ["novelsc"] = new("3.3.3", "416", "A registered scheme that we never serve counts as unknown: 416."),
        ["unksm2"] = new("3.3.4", "400", "Well-formed; a registrar answers 400, as an address of record is a SIP or SIPS URI."),
        ["bext01"] = new("3.3.5", "420", "420; a user agent lists in Unsupported what Require asked for."),
        ["invut"] = new("3.3.6", "415", "A body of unknown type: an end point answers 415."),
        ["regaut01"] = new("3.3.7", "401", "Well-formed; a registrar that wants authentication challenges with a scheme it knows."),
        ["multi01"] = new("3.3.8", "400 DuplicateHeader", "Two values where one may stand: 400."),
        ["mcl01"] = new("3.3.9", "400 DuplicateHeader", "Two Content-Lengths: an error; on a stream the connection is closed."),
        ["bcast"] = new("3.3.10", "discarded", "Well-formed; an end point discards a response to somebody else, and nobody sends it to the broadcast address of the second Via."),
        ["zeromf"] = new("3.3.11", "taken", "An end point processes it as if Max-Forwards were positive; only one that sends it on answers 483."),
        ["cparam01"] = new("3.3.12", "200", "Without brackets the parameter is the header's, and not part of the registered URI."),
        ["cparam02"] = new("3.3.13", "200", "In brackets the parameter is the URI's and comes back with it."),
        ["regescrt"] = new("3.3.14", "200", "The escaped Route stays in the registered URI and comes back with it."),
        ["sdp01"] = new("3.3.15", "406", "The caller does not accept SDP, so there is no answer to give: 406 with a warning."),

        // The old protocol.
        ["inv2543"] = new("3.4.1", "taken", "Legal in RFC 2543: no branch, tag, Contact or Max-Forwards. To be accepted for compatibility."),
    };
}
