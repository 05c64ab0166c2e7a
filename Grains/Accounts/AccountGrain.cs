using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Accounts;

/// <summary>One user's account. Sign-ins are kept here and not in what the browser brings, so ending one is final everywhere at once.</summary>
public sealed partial class AccountGrain : Grain, IAccountGrain
{
    private const int TokenBytes = 32;
    private const int LongestUserAgent = 200;
    private static readonly TimeSpan NoteUseEvery = TimeSpan.FromDays(1);

    private readonly IPersistentState<AccountState> _account;
    private readonly IDirectory _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<AccountGrain> _log;
    private readonly Watchers<IFrontend> _frontends;
    private readonly string _tenant;
    private readonly string _extension;

    public AccountGrain(
        [PersistentState("account", GrainServices.Storage)] IPersistentState<AccountState> account, IDirectory directory, TimeProvider time, ILogger<AccountGrain> log)
    {
        _account = account;
        _directory = directory;
        _time = time;
        _log = log;
        _frontends = new Watchers<IFrontend>(WatchLease.Duration, time, log);
        (_tenant, _extension) = UserKey.Split(this.GetPrimaryKeyString());
    }

    private string Key => this.GetPrimaryKeyString();

    /// <summary>How long a sign-in holds that nothing is asked with.</summary>
    private TimeSpan SignInDuration => _directory.FindTenant(_tenant)?.SignOutAfter ?? AccountLimits.SignInDuration;

    private AccountState State => _account.State ?? new AccountState();

    public async Task<AccountView?> Check(string token)
    {
        var hash = HashOf(token);
        var now = _time.GetUtcNow();
        var signIn = State.SignIns.FirstOrDefault(known => known.TokenHash == hash);
        if (signIn is null || signIn.UsedAt + SignInDuration <= now) return null;
        if (_directory.FindTenant(_tenant) is not { } tenant || _directory.FindUser(_tenant, _extension) is not { } user) return null;
        if (now - signIn.UsedAt >= NoteUseEvery || now - signIn.UsedAt >= SignInDuration / 4) await Write(State with { SignIns = State.SignIns.Replace(signIn, signIn with { UsedAt = now }) });
        return new AccountView(Key, hash, user.Name, tenant.Name, tenant.Domain, State.Settings, user.CallerIds, user.HasWebphone, tenant.SignOutAfter);
    }

    public async Task<string> Open(string userAgent)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = _time.GetUtcNow();
        var signIn = new KeptSignIn(HashOf(token), now, now, userAgent.Length > LongestUserAgent ? userAgent[..LongestUserAgent] : userAgent);
        var kept = State.SignIns.Where(known => known.UsedAt + SignInDuration > now).OrderByDescending(known => known.UsedAt).Take(AccountLimits.SignIns - 1);
        await Write(WithSignIns([signIn, .. kept]));
        LogOpened(_log, Key);
        return token;
    }

    public async Task SignOut(string token, bool everywhere)
    {
        var hash = HashOf(token);
        if (State.SignIns.All(known => known.TokenHash != hash)) return;
        await Write(WithSignIns(everywhere ? [] : State.SignIns.RemoveAll(known => known.TokenHash == hash)));
        LogClosed(_log, Key, everywhere);
        _frontends.Tell(frontend => frontend.SignedOut(Key, everywhere ? null : hash, passwordChanged: false));
    }

    public Task<PasswordHash?> GetPassword() => Task.FromResult(State.Password);

    public async Task SetPassword(PasswordHash password, string keptToken)
    {
        var kept = HashOf(keptToken);
        var over = State.SignIns.Where(known => known.TokenHash != kept).ToList();
        await Write(WithSignIns(State.SignIns.RemoveAll(known => known.TokenHash != kept)) with { Password = password });
        LogPassword(_log, Key);
        foreach (var signIn in over) _frontends.Tell(frontend => frontend.SignedOut(Key, signIn.TokenHash, passwordChanged: true));
    }

    public async Task<bool> Recover(string mark, PasswordHash password)
    {
        if (RecoveryLinks.MarkOf(State.Password) != mark) return false;
        await Write(WithSignIns([]) with { Password = password });
        LogPassword(_log, Key);
        _frontends.Tell(frontend => frontend.SignedOut(Key, null, passwordChanged: true));
        return true;
    }

    public Task<AccountSettings> GetSettings() => Task.FromResult(State.Settings);

    public Task SetSettings(AccountSettings settings) => State.Settings == settings ? Task.CompletedTask : Write(State with { Settings = settings });

    public Task AddPushTarget(PushTarget target)
    {
        if (State.SignIns.All(known => known.TokenHash != target.SignIn)) return Task.CompletedTask;
        if (State.PushTargets.Contains(target)) return TellUser(wakeable: true);
        var others = State.PushTargets.Where(known => known.Endpoint != target.Endpoint).Take(AccountLimits.PushTargets - 1);
        return Write(State with { PushTargets = [target, .. others] });
    }

    public Task RemovePushTarget(string endpoint)
    {
        var left = State.PushTargets.RemoveAll(known => known.Endpoint == endpoint);
        return left.Length == State.PushTargets.Length ? Task.CompletedTask : Write(State with { PushTargets = left });
    }

    public Task<ImmutableArray<PushTarget>> GetPushTargets()
    {
        var now = _time.GetUtcNow();
        var holding = State.SignIns.Where(known => known.UsedAt + SignInDuration > now).Select(known => known.TokenHash).ToHashSet();
        return Task.FromResult(State.PushTargets.RemoveAll(target => !holding.Contains(target.SignIn)));
    }

    public Task Watch(IFrontend frontend)
    {
        _frontends.Watch(frontend);
        return Task.CompletedTask;
    }

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>A browser that is signed out is not pushed to any more.</summary>
    private AccountState WithSignIns(ImmutableArray<KeptSignIn> signIns) => State with
    {
        SignIns = signIns,
        PushTargets = State.PushTargets.RemoveAll(target => signIns.All(known => known.TokenHash != target.SignIn)),
    };

    /// <summary>Written before anybody hears of it: a sign-out that a crash takes back would be none.</summary>
    private async Task Write(AccountState next)
    {
        var before = _account.State;
        _account.State = next;
        try
        {
            await _account.WriteStateAsync();
        }
        catch
        {
            _account.State = before;
            // What storage has is the truth; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }

        var wakeable = !next.PushTargets.IsEmpty;
        if (before is null ? wakeable : before.PushTargets.IsEmpty == wakeable) await TellUser(wakeable);
    }

    private async Task TellUser(bool wakeable)
    {
        try
        {
            await GrainFactory.GetGrain<IUserGrain>(Key).SetWakeable(wakeable).WaitAsync(EdgeLimits.CommandTimeout, _time);
        }
        catch (Exception error)
        {
            // Adding the same browser again, as its page does whenever it is opened, tells the user again.
            LogNotTold(_log, Key, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{UserKey}: signed in")]
    private static partial void LogOpened(ILogger log, string userKey);

    [LoggerMessage(Level = LogLevel.Information, Message = "{UserKey}: signed out, everywhere is {Everywhere}")]
    private static partial void LogClosed(ILogger log, string userKey, bool everywhere);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey}: the user does not know yet whether there are browsers to wake")]
    private static partial void LogNotTold(ILogger log, string userKey, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "{UserKey}: password changed")]
    private static partial void LogPassword(ILogger log, string userKey);
}
