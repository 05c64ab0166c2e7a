using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Keys;
using Webphone.Grains.Users;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads the provisioning file and makes the directory hold it. A file with a mistake changes nothing.</summary>
internal sealed partial class Provisioner(
    WebphoneOptions options, DirectoryStore store, ProvisionedDirectory directory, IGrainFactory grains, ILogger<Provisioner> logger) : IDisposable
{
    /// <summary>How many users are told of at a time.</summary>
    private const int UsersAtOnce = 32;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly FrozenSet<string> _ownHosts = OwnHosts(options);
    private readonly List<UserKey> _removed = [];
    private byte[] _applied = [];

    /// <summary>For the start: refuses to go on without a good file.</summary>
    public async Task ApplyAtStart()
    {
        try
        {
            await Apply();
        }
        catch (Exception error) when (error is ProvisioningException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{options.ProvisionFile}: {error.Message}", StartExitCode.BadSettings, error);
        }
    }

    /// <summary>For a change while running: a bad file is logged and the directory stays as it is. False when it was bad.</summary>
    public async Task<bool> ApplyChange()
    {
        try
        {
            var before = directory.Current;
            await Apply();
            await ForgetRemoved();
            await Each(DeskPhoneKeys.Changed(before, directory.Current), user => grains.GetGrain<IPhoneKeysGrain>(user).DeskPhonesChanged());
            return true;
        }
        catch (Exception error) when (error is ProvisioningException or IOException or UnauthorizedAccessException)
        {
            LogRefused(options.ProvisionFile!, error.Message);
        }
        catch (Exception error)
        {
            // The watcher's edge: the store may be away; the next change or signal tries again.
            LogFailed(options.ProvisionFile!, error);
        }

        return false;
    }

    /// <summary>Ends the registrations of users who left the file. Needs the engine; a registration of someone unknown ends them all.</summary>
    public async Task ForgetRemoved()
    {
        UserKey[] removed;
        lock (_removed)
        {
            removed = [.. _removed];
            _removed.Clear();
        }

        var nothing = new RegisterBindings([], [], RemoveAll: true, CallId: "", CSeq: 0);
        await Each(removed.Select(user => user.ToString()), user => grains.GetGrain<IUserGrain>(user).Register(nothing));
    }

    public void Dispose() => _turn.Dispose();

    private static async Task Each(IEnumerable<string> users, Func<string, Task> act)
    {
        foreach (var some in users.Chunk(UsersAtOnce)) await Task.WhenAll(some.Select(act));
    }

    private async Task Apply()
    {
        await _turn.WaitAsync();
        try
        {
            if (options.ProvisionFile is not { } file)
            {
                await Apply(DemoTenant.Create());
                return;
            }

            var content = await File.ReadAllBytesAsync(file);
            var fingerprint = SHA256.HashData(content);
            if (fingerprint.AsSpan().SequenceEqual(_applied)) return;
            await Apply(ProvisioningReader.Read(content, Path.GetDirectoryName(Path.GetFullPath(file))!));
            _applied = fingerprint;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Apply(ImmutableArray<ProvisionedTenant> tenants)
    {
        var started = Stopwatch.GetTimestamp();
        var snapshot = new DirectorySnapshot(tenants, _ownHosts);
        var change = await store.Apply(tenants);
        directory.Replace(snapshot);
        lock (_removed) _removed.AddRange(change.Removed);
        var users = tenants.Sum(tenant => tenant.Users.Length);
        var milliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        LogApplied(tenants.Length, users, milliseconds, change.Written, change.Removed.Count);
    }

    private static FrozenSet<string> OwnHosts(WebphoneOptions options)
    {
        string[] names = ["localhost", Environment.MachineName, options.AdvertisedAddress?.ToString() ?? "localhost"];
        return names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Provisioned {Tenants} tenants with {Users} users in {Milliseconds} ms ({Written} rows written, {Removed} users removed)")]
    private partial void LogApplied(int tenants, int users, int milliseconds, int written, int removed);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} is refused, and nothing changes: {Reason}")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} could not be applied")]
    private partial void LogFailed(string file, Exception error);
}
