using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Webphone.Net.WebPush;

namespace Webphone.Net.Tests.WebPush;

public class VapidKeyTests
{
    /// <summary>RFC 8292 §2.4.</summary>
    private const string ExampleKey = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";

    private const string ExampleSigned =
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0";

    private const string ExampleSignature = "i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";

    private static readonly DateTimeOffset ExampleEnd = DateTimeOffset.FromUnixTimeSeconds(1453523768);

    [Fact]
    public void The_example_of_the_rfc_is_signed_the_way_we_sign()
    {
        using var key = ECDsa.Create(PushVectors.PublicKey(ExampleKey));

        Assert.True(Verifies(key, ExampleSigned, ExampleSignature));
        Assert.Equal(ExampleKey, VapidKey.PublicKeyOf(key));
    }

    [Fact]
    public void A_token_says_what_the_example_says_and_verifies_by_the_key_beside_it()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var vapid = new VapidKey(made.ExportPkcs8PrivateKey());

        var header = vapid.Authorize(new Uri("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"), ExampleEnd, "mailto:push@example.com");

        var parts = header.Split(["vapid t=", ".", ", k="], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExampleSigned, $"{parts[0]}.{parts[1]}");
        Assert.Equal(vapid.PublicKey, parts[3]);
        using var key = ECDsa.Create(PushVectors.PublicKey(parts[3]));
        Assert.True(Verifies(key, $"{parts[0]}.{parts[1]}", parts[2]));
    }

    [Fact]
    public void A_token_is_for_one_service_with_its_port()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var vapid = new VapidKey(made.ExportPkcs8PrivateKey());

        var claims = vapid.Authorize(new Uri("https://push.example.net:8443/a?b=c"), ExampleEnd, "https://example.com/").Split('.')[1];

        Assert.Contains("\"aud\":\"https://push.example.net:8443\"", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(claims)), StringComparison.Ordinal);
    }

    private static bool Verifies(ECDsa key, string signed, string signature) => key.VerifyData(
        Encoding.ASCII.GetBytes(signed), PushVectors.Bytes(signature), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
