using Webphone.Grains.Installation;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Orleans.Concurrency;

namespace Webphone.Grains.Accounts;

/// <summary>Checks passwords beside the accounts, so that a slow check holds nobody up.</summary>
// Stateless: it reads the directory and asks the account. Reentrant, since every method is one chain of awaits that keeps nothing here.
[StatelessWorker]
[Reentrant]
public sealed class SignInGrain(IDirectory directory, TimeProvider time) : Grain, ISignInGrain
{
    /// <summary>Refusals come at a multiple of this after the question, so that their time says nothing of where they were decided.</summary>
    public static readonly TimeSpan RefusalStep = TimeSpan.FromMilliseconds(500);

    public async Task<SignInResult> SignIn(SignInAttempt attempt)
    {
        var since = time.GetTimestamp();
        var user = Find(attempt.User);
        var isRight = await Check(user, attempt.Password);
        if (isRight is true)
        {
            var key = UserKey.Of(user!.Tenant, user.Extension);
            var factor = GrainFactory.GetGrain<ISecondFactorGrain>(key);
            var answer = await factor.Check(attempt.Code, attempt.Device);
            switch (answer.Verdict)
            {
                case SecondFactorVerdict.Needed: return new SignInResult(SignInRefusal.CodeNeeded);
                case SecondFactorVerdict.Wrong: return new SignInResult(SignInRefusal.WrongCode);
                case SecondFactorVerdict.TooMany: return new SignInResult(SignInRefusal.TooManyCodes, RetryAfter: answer.RetryAfter);
            }

            var device = attempt.Remember && answer.Verdict == SecondFactorVerdict.Right ? await factor.Remember() : null;
            return new SignInResult(null, key, await GrainFactory.GetGrain<IAccountGrain>(key).Open(attempt.UserAgent), device);
        }

        var steps = Math.Floor(time.GetElapsedTime(since) / RefusalStep) + 1;
        await Task.Delay(steps * RefusalStep - time.GetElapsedTime(since), time);
        return new SignInResult(isRight is null ? SignInRefusal.Overloaded : SignInRefusal.WrongCredentials);
    }

    public async Task<PasswordChangeResult> ChangePassword(string userKey, string token, string current, string next)
    {
        var (tenant, extension) = UserKey.Split(userKey);
        if (!PasswordRules.Fits(next)) return PasswordChangeResult.Refused;
        var isRight = await Check(directory.FindUser(tenant, extension), current);
        if (isRight is not true) return isRight is null ? PasswordChangeResult.Overloaded : PasswordChangeResult.WrongPassword;
        PasswordHash? hash = null;
        if (await PasswordWork.Run(() => (hash = Passwords.Hash(next)) is not null) is null) return PasswordChangeResult.Overloaded;
        await GrainFactory.GetGrain<IAccountGrain>(userKey).SetPassword(hash!, token);
        return PasswordChangeResult.Changed;
    }

    public Task<bool?> Proves(string userKey, string password)
    {
        var (tenant, extension) = UserKey.Split(userKey);
        return Check(directory.FindUser(tenant, extension), password);
    }

    public async Task<Recovery> Recover(string token, string next)
    {
        if (!PasswordRules.Fits(next)) return new Recovery(RecoveryResult.Refused);
        var secrets = await GrainFactory.GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSecrets();
        if (RecoveryLinks.Read(secrets.RecoveryKey.AsSpan(), token, time.GetUtcNow()) is not { } link) return new Recovery(RecoveryResult.BadLink);
        var (tenant, extension) = UserKey.Split(link.UserKey);
        if (directory.FindUser(tenant, extension) is null) return new Recovery(RecoveryResult.BadLink);
        PasswordHash? hash = null;
        if (await PasswordWork.Run(() => (hash = Passwords.Hash(next)) is not null) is null) return new Recovery(RecoveryResult.Overloaded);
        if (!await GrainFactory.GetGrain<IAccountGrain>(link.UserKey).Recover(link.Mark, hash!)) return new Recovery(RecoveryResult.BadLink);
        await GrainFactory.GetGrain<ISecondFactorGrain>(link.UserKey).ForgetDevices();
        return new Recovery(RecoveryResult.Changed, link.UserKey);
    }

    private UserRecord? Find(string user)
    {
        var at = user.LastIndexOf('@');
        if (at <= 0) return null;
        var tenant = directory.FindTenantByHost(user[(at + 1)..]);
        return tenant is null ? null : directory.FindUser(tenant.Name, user[..at]);
    }

    /// <summary>Null when there is no time to look.</summary>
    private async Task<bool?> Check(UserRecord? user, string password)
    {
        if (user is null || password.Length > PasswordRules.Longest) return await PasswordWork.Run(() => Passwords.VerifyNobody(""));
        var chosen = await GrainFactory.GetGrain<IAccountGrain>(UserKey.Of(user.Tenant, user.Extension)).GetPassword();
        return await PasswordWork.Run(() =>
            chosen is not null ? Passwords.Verify(password, chosen)
            : user.Password is { } provisioned ? Passwords.Verify(password, provisioned)
            : Passwords.VerifyNobody(password));
    }
}
