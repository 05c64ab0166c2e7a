using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Tenants;

public sealed class TenantGrainTests : IDisposable
{
    private readonly TestHost _host = new();

    [Fact]
    public void The_directory_is_given_in_pages()
    {
        Assert.Equal(["101", "102", "103"], _host.Get(() => Grain.GetDirectory(0, 500)).Select(entry => entry.Extension));
        Assert.Equal(["102"], _host.Get(() => Grain.GetDirectory(1, 1)).Select(entry => entry.Extension));
        Assert.Empty(_host.Get(() => Grain.GetDirectory(-5, -5)));
    }

    [Fact]
    public void Users_are_shown_as_they_are_now()
    {
        _host.Register("102", "desk");
        var users = _host.Get(() => Grain.GetUsers(0, int.MaxValue));
        Assert.Equal([0, 1, 0], users.Select(user => user.Devices.Length));
    }

    [Fact]
    public void Calls_that_are_on_are_listed_and_those_that_are_over_are_history()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        Assert.Equal(CallPhase.Ringing, Assert.Single(_host.Get(() => Grain.GetCalls(10))).Phase);
        _host.Do(() => _host.Call("c1").HangUp(CallEnd.ServerStopped));
        Assert.Empty(_host.Get(() => Grain.GetCalls(10)));
        Assert.Equal(2, _host.Get(() => Grain.GetHistory(10)).Length);
    }

    public void Dispose() => _host.Dispose();

    private ITenantGrain Grain => _host.Cluster.Grains.GetGrain<ITenantGrain>(FakeDirectory.Tenant);
}
