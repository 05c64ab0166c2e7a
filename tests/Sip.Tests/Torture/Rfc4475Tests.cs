using System.Runtime.CompilerServices;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Tests.Torture;

/// <summary>The 49 messages of RFC 4475, each with the outcome that its section asks for.</summary>
public class Rfc4475Tests
{
    private static readonly UasCapabilities Phone = new(
        [
            SipMethod.Invite, SipMethod.Ack, SipMethod.Bye, SipMethod.Cancel, SipMethod.Register, SipMethod.Options, SipMethod.Info, SipMethod.Prack,
            SipMethod.Update, SipMethod.Refer, SipMethod.Subscribe, SipMethod.Notify, SipMethod.Message,
        ],
        ["100rel", "timer", "replaces"],
        ["application/sdp", "text/plain"]);

    /// <summary>Status 0 of a refusal means that the message is dropped.</summary>
    public static TheoryData<string, SipParseReason, int> Messages => new()
    {
        // §3.1.1: valid, however strange.
        { "wsinv", SipParseReason.None, 0 },
        { "esc01", SipParseReason.None, 0 },
        { "escnull", SipParseReason.None, 0 },
        { "esc02", SipParseReason.UnknownMethod, 501 },
        { "lwsdisp", SipParseReason.None, 0 },
        { "longreq", SipParseReason.None, 0 },
        { "dblreq", SipParseReason.None, 0 },
        { "semiuri", SipParseReason.None, 0 },
        { "transports", SipParseReason.None, 0 },
        { "mpart01", SipParseReason.None, 0 },
        { "unreason", SipParseReason.None, 0 },
        { "noreason", SipParseReason.None, 0 },

        // §3.1.1.2: well-formed, but a method that nobody implements.
        { "intmeth", SipParseReason.UnknownMethod, 501 },

        // §3.1.2: malformed requests get 400, malformed responses are dropped.
        { "badinv01", SipParseReason.MalformedParameter, 400 },
        { "clerr", SipParseReason.ContentLengthBeyondMessage, 400 },
        { "ncl", SipParseReason.MalformedContentLength, 400 },
        { "scalar02", SipParseReason.MalformedCSeq, 400 },
        { "scalarlg", SipParseReason.MalformedCSeq, 0 },
        { "quotbal", SipParseReason.UnterminatedQuote, 400 },
        { "ltgtruri", SipParseReason.MalformedRequestUri, 400 },
        { "lwsruri", SipParseReason.MalformedStartLine, 400 },
        { "lwsstart", SipParseReason.MalformedStartLine, 400 },
        { "trws", SipParseReason.MalformedStartLine, 400 },
        { "escruri", SipParseReason.HeadersInRequestUri, 400 },
        { "baddate", SipParseReason.MalformedDate, 400 },
        { "regbadct", SipParseReason.MalformedAddress, 400 },
        { "badaspec", SipParseReason.MalformedUri, 400 },
        { "baddn", SipParseReason.MalformedDisplayName, 400 },
        { "badvers", SipParseReason.UnsupportedVersion, 505 },
        { "mismatch01", SipParseReason.CSeqMethodMismatch, 400 },
        { "mismatch02", SipParseReason.CSeqMethodMismatch, 400 },
        { "bigcode", SipParseReason.BadStatusCode, 0 },

        // §3.2: a branch that is only the magic cookie does not name a transaction; the request is matched as RFC 2543 asks.
        { "badbranch", SipParseReason.None, 0 },

        // §3.3: well-formed, refused by what it asks for.
        { "insuf", SipParseReason.MissingFrom, 400 },
        { "unkscm", SipParseReason.UnsupportedUriScheme, 416 },
        { "novelsc", SipParseReason.UnsupportedUriScheme, 416 },
        { "unksm2", SipParseReason.None, 0 },
        { "bext01", SipParseReason.UnsupportedExtension, 420 },
        { "invut", SipParseReason.UnsupportedContent, 415 },
        { "regaut01", SipParseReason.None, 0 },
        { "multi01", SipParseReason.DuplicateHeader, 400 },
        { "mcl01", SipParseReason.DuplicateHeader, 400 },
        { "bcast", SipParseReason.None, 0 },
        { "zeromf", SipParseReason.None, 0 },
        { "cparam01", SipParseReason.None, 0 },
        { "cparam02", SipParseReason.None, 0 },
        { "regescrt", SipParseReason.None, 0 },
        { "sdp01", SipParseReason.None, 0 },

        // §3.4: the old protocol, to be served.
        { "inv2543", SipParseReason.None, 0 },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Torture_message_gets_the_outcome_that_the_rfc_asks_for(string name, SipParseReason reason, int status)
    {
        var (message, error) = Take(Load(name));
        Assert.Equal(reason, error.Reason);
        if (reason == SipParseReason.None)
        {
            Assert.NotNull(message);
            return;
        }

        if (status == 0)
        {
            Assert.Null(message);
            return;
        }

        Assert.Equal(status, error.Status);
        Assert.True(SipMessage.TryParse(SipResponse.Create(Assert.IsType<SipMessage>(message), error, "t1"u8), out _, out var answerError) || IsEcho(answerError, error));
    }

    [Fact]
    public void All_forty_nine_are_there()
    {
        Assert.Equal(49, Messages.Count);
        Assert.Equal(Messages.Select(row => row.Data.Item1).Order(), Directory.GetFiles(Folder()).Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Fact]
    public void Every_truncation_of_every_message_is_an_answer_or_a_drop()
    {
        foreach (var file in Directory.GetFiles(Folder()))
        {
            var bytes = File.ReadAllBytes(file);
            for (var length = 0; length < bytes.Length; length++)
            {
                if (!SipMessage.TryParse(bytes.AsMemory(0, length), out var message, out var error))
                    Assert.True(message is null || error.Status is >= 400 and < 700);
            }
        }
    }

    /// <summary>A copied header keeps its fault: the answer to a bad From has a bad From, or lacks what the request lacked.</summary>
    private static bool IsEcho(SipParseError answer, SipParseError request) =>
        answer.Reason == request.Reason || answer.Header is HeaderName.Via or HeaderName.CSeq or HeaderName.From or HeaderName.To or HeaderName.CallId;

    private static (SipMessage? Message, SipParseError Error) Take(byte[] bytes)
    {
        if (!SipMessage.TryParse(bytes, out var message, out var error) || message!.IsResponse)
            return (message, error);
        return (message, Phone.Inspect(message));
    }

    private static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Folder(), name + ".dat"));

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "rfc4475");
}
