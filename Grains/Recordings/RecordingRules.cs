using Webphone.Grains.Tenants;

namespace Webphone.Grains.Recordings;

/// <summary>What the organisation's policy comes to for one user.</summary>
internal static class RecordingRules
{
    public static UserRecording Of(IDirectory directory, string tenant, string extension)
    {
        var policy = directory.FindTenant(tenant)?.Recording ?? RecordingPolicy.Default;
        var user = directory.FindUser(tenant, extension);
        var modes = user?.Recording ?? policy.Modes;
        var all = MayUseAll(user);
        return new UserRecording(modes.Internal, modes.Inbound, modes.Outbound, policy.MayPause, policy.MayDownload || all, policy.MayDelete || all, all);
    }

    public static bool MayUseAll(UserRecord? user) => user?.Rights.Contains(RecordingRight.Name) == true;
}
