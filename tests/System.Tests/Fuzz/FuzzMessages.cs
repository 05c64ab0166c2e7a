using System.Text;
using Webphone.Silo.Tests.SipEdge;
using Webphone.Sip.Tests.Fuzz;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests.Fuzz;

/// <summary>
/// Messages that go as far into a server as they can and are then spoilt: the corpus of the parser and of the edge, and requests of a user with the right
/// password. Each begins a transaction of its own, else the server would take all but the first for repeats.
/// </summary>
public sealed class FuzzMessages
{
    private const int MessagesPerNonce = 400;
    private static readonly string[] Methods = ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "BYE", "CANCEL", "INFO", "PRACK", "UPDATE", "NOTIFY", "PUBLISH", "ACK"];
    private static readonly string[] Targets = ["102", "103", "777", "*43", "*76", "", "99901"];

    private readonly SipPeer _user;
    private readonly Random _random;
    private readonly Mutator _hard;
    private readonly Mutator _gentle;
    private string _challenge = "";
    private int _nonceCount;

    /// <param name="user">Whose password the messages prove, by a wire of its own.</param>
    /// <param name="seed">The same gives the same damage.</param>
    public FuzzMessages(SipPeer user, int seed)
    {
        _user = user;
        _random = new Random(seed);
        var templates = new Templates(this);
        _hard = new Mutator(seed, templates);
        // One wound leaves many messages that parse, and then mean something else.
        _gentle = new Mutator(seed + 1, templates, mostMutations: 1);
    }

    public async Task<byte[]> NextAsync()
    {
        if (_nonceCount % MessagesPerNonce == 0)
        {
            await RenewNonceAsync();
        }

        _nonceCount++;
        return _random.Next(2) == 0 ? _hard.Next() : _gentle.Next();
    }

    private async Task RenewNonceAsync()
    {
        var (response, _) = await _user.RequestAsync("REGISTER", $"sip:{_user.Domain}", SipPeer.Token(), $"<{_user.Aor}>", []);
        _challenge = response.All("WWW-Authenticate").FirstOrDefault() ?? _challenge;
        _nonceCount = 0;
    }

    /// <summary>A message of the corpus under names that were not used before, in the server's own domain.</summary>
    private byte[] Fresh(byte[] message)
    {
        var id = _random.NextInt64().ToString("x");
        return Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message)
            .Replace("acme.example", _user.Domain, StringComparison.Ordinal)
            .Replace("z9hG4bK", "z9hG4bK" + id, StringComparison.Ordinal)
            .Replace("Call-ID: ", "Call-ID: " + id, StringComparison.OrdinalIgnoreCase));
    }

    private byte[] Proven()
    {
        var method = Methods[_random.Next(Methods.Length)];
        var uri = method == "REGISTER" ? $"sip:{_user.Domain}" : $"sip:{Targets[_random.Next(Targets.Length)]}@{_user.Domain}".Replace(":@", ":", StringComparison.Ordinal);
        var body = method == "INVITE" || _random.Next(4) == 0
            ? "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
            : "";
        var proof = Digest.Answer(_challenge, _user.Extension, _user.Secret, method, uri, count: _nonceCount + 1);
        List<(string, string)> headers =
        [
            ("Contact", _user.Contact), ("Authorization", proof), ("Content-Type", "application/sdp"), ("Supported", "timer, 100rel, path, outbound"),
            ("Session-Expires", "1800;refresher=uac"), ("Event", "dialog"), ("Refer-To", "<sip:103@demo.example?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"),
        ];
        return Encoding.UTF8.GetBytes(_user.Text(method, uri, SipPeer.Token(), $"<{uri}>", _random.Next(), SipPeer.Branch(), headers, body));
    }

    /// <summary>What the mutator takes its messages from: half of the corpus, half with a password.</summary>
    private sealed class Templates(FuzzMessages owner) : IReadOnlyList<byte[]>
    {
        public int Count => 2 * EdgeCorpus.Messages.Count;

        public byte[] this[int index] => index < EdgeCorpus.Messages.Count ? owner.Fresh(EdgeCorpus.Messages[index]) : owner.Proven();

        public IEnumerator<byte[]> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        global::System.Collections.IEnumerator global::System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
