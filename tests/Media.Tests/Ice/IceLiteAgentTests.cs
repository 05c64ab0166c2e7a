using System.Net;
using System.Text;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;
using Webphone.Media.Stun;

namespace Webphone.Media.Tests.Ice;

public class IceLiteAgentTests
{
    private static readonly IcePath Wifi = new(TransportAddress.From(IPEndPoint.Parse("192.0.2.1:1000")), 1);
    private static readonly IcePath Mobile = new(TransportAddress.From(IPEndPoint.Parse("192.0.2.2:2000")), 1);
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(100);

    private readonly IceCredentials _peer;
    private readonly IceLiteAgent _agent;

    public IceLiteAgentTests()
    {
        IceCredentials.TryMake("peer", "0123456789012345678901", out var peer);
        _peer = peer!;
        _agent = new IceLiteAgent(IceCredentials.Make(Enumerable.Range(0, IceCredentials.RandomSize).Select(i => (byte)(i * 7)).ToArray())) { Remote = peer };
    }

    [Fact]
    public void A_check_makes_a_path_valid_and_a_nomination_selects_it()
    {
        Assert.Equal(IceCheck.Valid, Check(Wifi, out var response));
        Assert.True(_agent.IsValid(Wifi));
        Assert.Null(_agent.Selected);
        Assert.True(StunMessage.TryParse(response, out var answer, out _));
        Assert.Equal(StunType.BindingSuccess, answer.Type);
        Assert.Equal(Wifi.Remote, answer.MappedAddress);
        Assert.True(answer.IsFrom(Encoding.ASCII.GetBytes(_agent.Local.Password)));
        Check(Wifi, out _, nominate: true);
        Assert.Equal(Wifi, _agent.Selected);
    }

    [Fact]
    public void A_nomination_of_higher_priority_takes_over_at_once_one_of_lower_when_the_other_is_stale()
    {
        Check(Wifi, out _, nominate: true, priority: 10);
        Check(Mobile, out _, nominate: true, priority: 9);
        Assert.Equal(Wifi, _agent.Selected);
        Check(Mobile, out _, nominate: true, priority: 9, at: Start + IceLiteAgent.Stale);
        Assert.Equal(Mobile, _agent.Selected);
        Check(Wifi, out _, nominate: true, priority: 10, at: Start + IceLiteAgent.Stale);
        Assert.Equal(Wifi, _agent.Selected);
    }

    [Fact]
    public void What_is_heard_over_a_nominated_path_selects_it_and_over_another_does_not()
    {
        Check(Wifi, out _, nominate: true, priority: 10);
        Check(Mobile, out _, nominate: false, priority: 9);
        _agent.Heard(Mobile);
        Assert.Equal(Wifi, _agent.Selected);
        Check(Mobile, out _, nominate: true, priority: 9);
        _agent.Heard(Mobile);
        Assert.Equal(Mobile, _agent.Selected);
    }

    [Fact]
    public void Consent_is_gone_thirty_seconds_after_the_last_valid_check()
    {
        Assert.False(_agent.HasConsent(Start));
        Check(Wifi, out _);
        Assert.True(_agent.HasConsent(Start + IceLiteAgent.ConsentTime - TimeSpan.FromMilliseconds(1)));
        Check(Wifi, out _, password: "1234567890123456789012", at: Start + TimeSpan.FromSeconds(20));
        Assert.False(_agent.HasConsent(Start + IceLiteAgent.ConsentTime));
        Check(Wifi, out _, at: Start + TimeSpan.FromSeconds(31));
        Assert.True(_agent.HasConsent(Start + TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Forged_checks_leave_no_trace_and_get_no_answer()
    {
        Assert.Equal(IceCheck.Forged, Check(Wifi, out var response, password: "1234567890123456789012", nominate: true));
        Assert.Empty(response);
        Assert.Equal(IceCheck.Forged, Check(Wifi, out _, username: $"{_agent.Local.Ufrag}:other"));
        Assert.Equal(IceCheck.Forged, Check(Wifi, out _, username: "xxxxxxxx:peer"));
        Assert.Equal(IceCheck.Forged, Check(Wifi, out _, username: _agent.Local.Ufrag));
        Assert.Equal(IceCheck.Junk, Check(Wifi, out _, fingerprint: false));
        Assert.False(_agent.IsValid(Wifi));
        Assert.Null(_agent.LastCheck);
    }

    [Fact]
    public void A_peer_that_says_it_is_controlled_gets_487()
    {
        Assert.Equal(IceCheck.RoleConflict, Check(Wifi, out var response, role: StunAttribute.IceControlled));
        Assert.True(StunMessage.TryParse(response, out var answer, out _));
        Assert.Equal((StunType.BindingError, 487), (answer.Type, answer.ErrorCode));
        Assert.False(_agent.IsValid(Wifi));
    }

    [Fact]
    public void An_attribute_that_must_be_understood_gets_420()
    {
        Assert.Equal(IceCheck.UnknownAttribute, Check(Wifi, out var response, role: (StunAttribute)0x7FFF));
        Assert.True(StunMessage.TryParse(response, out var answer, out _));
        Assert.Equal(420, answer.ErrorCode);
    }

    [Fact]
    public void Paths_are_bounded_and_the_selected_one_is_kept()
    {
        Check(Wifi, out _, nominate: true);
        for (var i = 1; i < 3 * IceLiteAgent.MaxPaths; i++)
        {
            Check(new IcePath(Wifi.Remote with { Port = (ushort)i }, 1), out _, at: Start + TimeSpan.FromMilliseconds(i));
            Assert.Equal(i >= IceLiteAgent.MaxPaths, _agent.Forgotten is not null);
        }
        Assert.Equal(Wifi, _agent.Selected);
        _agent.Forget(Wifi);
        Assert.Null(_agent.Selected);
    }

    [Theory]
    [InlineData("abc", "0123456789012345678901", false)]
    [InlineData("abcd", "0123456789012345678901", true)]
    [InlineData("abcd", "012345678901234567890", false)]
    [InlineData("ab d", "0123456789012345678901", false)]
    [InlineData("ab:d", "0123456789012345678901", false)]
    [InlineData(null, "0123456789012345678901", false)]
    public void Credentials_of_a_description_are_taken_within_their_grammar(string? ufrag, string password, bool taken) =>
        Assert.Equal(taken, IceCredentials.TryMake(ufrag, password, out _));

    [Fact]
    public void Credentials_have_a_longest()
    {
        Assert.True(IceCredentials.TryMake(new string('a', IceCredentials.MaxLength), new string('a', IceCredentials.MaxLength), out _));
        Assert.False(IceCredentials.TryMake(new string('a', IceCredentials.MaxLength + 1), new string('a', 30), out _));
        Assert.False(IceCredentials.TryMake(new string('a', 2048), new string('a', 30), out _));
    }

    [Theory]
    [InlineData(false, 0, "1 1 udp 2130706431 192.0.2.9 3478 typ host")]
    [InlineData(false, 1, "3 1 udp 2130706175 192.0.2.9 3478 typ host")]
    [InlineData(true, 0, "2 1 tcp 1520435199 192.0.2.9 3478 typ host tcptype passive")]
    public void Candidates_are_written_as_RFC_8839_has_them(bool tcp, int rank, string expected)
    {
        var text = new IceCandidate(IPAddress.Parse("192.0.2.9"), 3478, tcp, rank).ToString();
        Assert.Equal(expected, text);
    }

    private IceCheck Check(
        IcePath path, out byte[] response, bool nominate = false, uint priority = 5, string? password = null, string? username = null, TimeSpan? at = null,
        StunAttribute role = StunAttribute.IceControlling, bool fingerprint = true)
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new byte[12]);
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes(username ?? $"{_agent.Local.Ufrag}:{_peer.Ufrag}"));
        writer.Add(StunAttribute.Priority, priority);
        writer.Add(role, 7ul);
        if (nominate)
            writer.Add(StunAttribute.UseCandidate, []);
        writer.AddIntegrity(Encoding.ASCII.GetBytes(password ?? _agent.Local.Password));
        if (fingerprint)
            writer.AddFingerprint();
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        var answer = new byte[StunWriter.MaxSize];
        var result = _agent.Receive(message, path, at ?? Start, answer, out var length);
        response = answer[..length];
        return result;
    }
}
