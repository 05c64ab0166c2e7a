using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Webphone.Grains.Accounts;

/// <summary>The shell of <see cref="SecondFactorRules"/>. What it decides is written before anybody hears of it, so that no code counts twice.</summary>
public sealed partial class SecondFactorGrain : Grain, ISecondFactorGrain
{
    private const int TokenBytes = 32;

    /// <summary>80 bits: 16 letters in base32.</summary>
    private const int RecoveryCodeBytes = 10;

    private readonly IPersistentState<SecondFactorState> _kept;
    private readonly TimeProvider _time;
    private readonly ILogger<SecondFactorGrain> _log;

    public SecondFactorGrain([PersistentState("second-factor", GrainServices.Storage)] IPersistentState<SecondFactorState> kept, TimeProvider time, ILogger<SecondFactorGrain> log)
    {
        _kept = kept;
        _time = time;
        _log = log;
    }

    private string Key => this.GetPrimaryKeyString();

    private SecondFactorState State => _kept.State ?? new SecondFactorState();

    public Task<SecondFactorView> GetView() => Task.FromResult(new SecondFactorView(!State.Secret.IsEmpty, State.RecoveryHashes.Length));

    public async Task<SecondFactorAnswer> Check(string? code, string? device)
    {
        var (next, answer) = SecondFactorRules.Check(State, code, device, _time.GetUtcNow());
        if (!ReferenceEquals(next, State)) await Write(next);
        if (answer.Verdict is SecondFactorVerdict.Wrong or SecondFactorVerdict.TooMany) LogWrong(_log, Key, answer.Verdict);
        return answer;
    }

    public async Task<string> Begin()
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        await Write(State with { NewSecret = [.. secret], NewSecretUntil = _time.GetUtcNow() + SecondFactorLimits.EnrolmentTime });
        return Totp.Base32(secret);
    }

    public async Task<ImmutableArray<string>?> Enable(string code)
    {
        var now = _time.GetUtcNow();
        if (State.NewSecret.IsEmpty || State.NewSecretUntil <= now) return null;
        if (Totp.FindStep(State.NewSecret.AsSpan(), SecondFactorRules.Plain(code), now, usedStep: 0) is not { } step) return null;
        var codes = NewCodes();
        await Write(new SecondFactorState { Secret = State.NewSecret, UsedStep = step, RecoveryHashes = Hashes(codes) });
        LogChanged(_log, Key, true);
        return codes;
    }

    public async Task<ImmutableArray<string>?> RenewRecoveryCodes()
    {
        if (State.Secret.IsEmpty) return null;
        var codes = NewCodes();
        await Write(State with { RecoveryHashes = Hashes(codes) });
        return codes;
    }

    public async Task Disable()
    {
        if (State.Secret.IsEmpty && State.NewSecret.IsEmpty) return;
        await Write(new SecondFactorState());
        LogChanged(_log, Key, false);
    }

    public async Task<string> Remember()
    {
        var now = _time.GetUtcNow();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var known = State.Devices.Where(device => device.Until > now).Take(SecondFactorLimits.Devices - 1);
        await Write(State with { Devices = [new RememberedDevice(SecondFactorRules.HashOf(token), now + SecondFactorLimits.DeviceDuration), .. known] });
        return token;
    }

    public Task ForgetDevices() => State.Devices.IsEmpty ? Task.CompletedTask : Write(State with { Devices = [] });

    /// <summary>In groups of four, to be copied by hand.</summary>
    private static ImmutableArray<string> NewCodes() =>
    [
        .. Enumerable.Range(0, SecondFactorLimits.RecoveryCodes)
            .Select(_ => string.Join('-', Totp.Base32(RandomNumberGenerator.GetBytes(RecoveryCodeBytes)).Chunk(4).Select(group => new string(group)))),
    ];

    private static ImmutableArray<string> Hashes(ImmutableArray<string> codes) => [.. codes.Select(code => SecondFactorRules.HashOf(SecondFactorRules.Plain(code)))];

    private async Task Write(SecondFactorState next)
    {
        var before = _kept.State;
        _kept.State = next;
        try
        {
            await _kept.WriteStateAsync();
        }
        catch
        {
            _kept.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{UserKey}: is asked for codes: {On}")]
    private static partial void LogChanged(ILogger log, string userKey, bool on);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey}: the password was right, the code was not: {Verdict}")]
    private static partial void LogWrong(ILogger log, string userKey, SecondFactorVerdict verdict);
}
