using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Phones;

/// <summary>What is kept of a phone.</summary>
public sealed record PhoneState
{
    /// <summary>The token in the path of its files; empty until one was made.</summary>
    public string Token { get; init; } = "";
}

/// <summary>Keeps a phone's token and gives its configuration to who knows it. Everything else is read from the directory.</summary>
public sealed partial class PhoneGrain(
    [PersistentState("phone", GrainServices.Storage)] IPersistentState<PhoneState> phone, IDirectory directory, ILogger<PhoneGrain> log) : Grain, IPhoneGrain
{
    private const int TokenBytes = 16;

    private string Mac => this.GetPrimaryKeyString();

    private string Token => phone.State?.Token ?? "";

    public Task<PhoneConfiguration?> Configure(string token)
    {
        var record = directory.FindPhone(Mac);
        if (record is null) DeactivateOnIdle();
        // The same work for any token, and none that says how much of it is right.
        var isRight = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(Token)));
        if (record is null || !isRight || Token.Length == 0
            || directory.FindTenant(record.Tenant) is not { } tenant || directory.FindUser(record.Tenant, record.Extension) is not { } user)
            return Task.FromResult<PhoneConfiguration?>(null);
        return Task.FromResult<PhoneConfiguration?>(
            new PhoneConfiguration(Mac, user.Extension, user.Name, tenant.Domain, record.Secret, tenant.Phones, user.Keys));
    }

    public async Task<string?> GetToken() => directory.FindPhone(Mac) is null ? null : Token.Length > 0 ? Token : await Make();

    public async Task<string?> Rotate()
    {
        if (directory.FindPhone(Mac) is null) return null;
        LogRotated(log, Mac);
        return await Make();
    }

    private async Task<string> Make()
    {
        phone.State = new PhoneState { Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)) };
        await phone.WriteStateAsync();
        return Token;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Phone {Mac} has another token")]
    private static partial void LogRotated(ILogger log, string mac);
}
