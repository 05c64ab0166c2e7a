using System.Text;
using Webphone.Grains.Tenants;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Gate;

/// <summary>Finds the tenant that a request is for, and checks that it speaks for whom it says.</summary>
internal static class RequestOrigin
{
    /// <summary>The tenant of the Request-URI; a tel URI has no domain, so the sender's counts. Null: not one of ours, and nothing is relayed.</summary>
    public static TenantRecord? TenantOf(SipMessage request, IDirectory directory)
    {
        if (!request.TryGetRequestUri(out var uri))
            return null;
        if (uri.IsSipOrSips)
            return directory.FindTenantByHost(HostText(uri.Host));
        return request.From.TryGetUri(out var from) && from.IsSipOrSips ? directory.FindTenantByHost(HostText(from.Host)) : null;
    }

    /// <summary>The tenant whose domain stands in a URI.</summary>
    public static TenantRecord? TenantOf(SipUri uri, IDirectory directory) => directory.FindTenantByHost(HostText(uri.Host));

    /// <summary>Whether the address in From (To, for a registration) is the user's own.</summary>
    public static bool IsOwn(NameAddr address, UserRecord user, TenantRecord tenant, IDirectory directory) =>
        address.TryGetUri(out var uri) && uri.IsSipOrSips && uri.UserText == user.Extension
        && directory.FindTenantByHost(HostText(uri.Host)) is { } own && own.Name == tenant.Name;

    /// <summary>A host as the directory wants it: an IPv6 address without brackets.</summary>
    private static string HostText(ReadOnlySpan<byte> host) =>
        Encoding.ASCII.GetString(host is [(byte)'[', .. var inner, (byte)']'] ? inner : host);
}
