using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Registration;

namespace Webphone.Silo.SipEdge.Registrar;

/// <summary>Names a device within its user, the same at every registration and in its calls: by instance and reg-id where it has them (RFC 5626 §6), else by its contact.</summary>
internal static class DeviceId
{
    public static string Of(BindingRequest contact) => Of(contact.Instance, contact.RegId, contact.Uri);

    /// <summary>The device that an INVITE comes from; empty when it does not say.</summary>
    public static string OfCaller(SipMessage invite) =>
        invite.TryGetContact(out var contact) && !contact.IsStar
            ? Of(Encoding.UTF8.GetString(contact.Instance), (int)Math.Min(contact.RegId ?? 0, int.MaxValue), Encoding.UTF8.GetString(contact.Uri))
            : "";

    private static string Of(string instance, int regId, string uri) => instance.Length > 0 && regId > 0 ? $"{instance};{regId}" : uri;
}
