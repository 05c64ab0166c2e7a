using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Registration;

/// <summary>
/// The registrar's rule: bindings and a REGISTER in, bindings out (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-10.3">RFC 3261 §10.3</see>).
/// Pure; all contacts of a request are taken, or none.
/// </summary>
public static class Registrar
{
    /// <summary>Applies the request to the bindings of its address of record.</summary>
    public static RegistrationResult Apply(
        IReadOnlyList<Binding> bindings, RegistrationRequest request, in SipFlow flow, RegistrationOptions options, long nowMs)
    {
        var next = new List<Binding>(bindings.Count + 1);
        foreach (var binding in bindings)
        {
            if (binding.ExpiresAtMs > nowMs)
                next.Add(binding);
        }
        var change = next.Count == bindings.Count ? RegistrationChange.None : RegistrationChange.Removed;
        if (request.RemovesAll)
        {
            if (next.Exists(binding => IsOutOfOrder(binding, request)))
                return new RegistrationResult(500, RegistrationChange.None, bindings);
            return new RegistrationResult(200, next.Count == 0 ? change : RegistrationChange.Removed, []);
        }
        foreach (var contact in request.Contacts)
        {
            var index = next.FindIndex(binding => binding.Matches(contact));
            if (index >= 0 && IsOutOfOrder(next[index], request))
                return new RegistrationResult(500, RegistrationChange.None, bindings);
            change |= Take(next, index, contact, request, flow, nowMs);
        }
        return next.Count > options.MaxBindings
            ? new RegistrationResult(403, RegistrationChange.None, bindings)
            : new RegistrationResult(200, change, next);
    }

    /// <summary>The headers of the 200: every binding with what is left of it, Path, and what outbound wants.</summary>
    public static SipPayload Respond(HeaderLines lines, in RegistrationResult result, RegistrationRequest request, RegistrationOptions options, long nowMs)
    {
        lines.Clear();
        foreach (var binding in result.Bindings)
            lines.Add(HeaderName.Contact.Text(), Encoding.UTF8.GetBytes(ContactOf(binding, nowMs)));
        foreach (var path in request.Path)
            lines.Add("Path", path);
        if (request.IsOutbound)
        {
            lines.Add("Require", "outbound");
            if (options.FlowTimerSeconds > 0)
                lines.Add("Flow-Timer", options.FlowTimerSeconds.ToString());
        }
        return new SipPayload(lines.Bytes);
    }

    /// <summary>The headers of a refusal: Min-Expires for 423, Require for 421.</summary>
    public static SipPayload Refuse(HeaderLines lines, int status, RegistrationOptions options)
    {
        lines.Clear();
        if (status == 423)
            lines.Add("Min-Expires", options.MinExpiresSeconds.ToString());
        if (status == 421)
            lines.Add("Require", "path");
        return new SipPayload(lines.Bytes);
    }

    private static RegistrationChange Take(
        List<Binding> bindings, int index, BindingRequest contact, RegistrationRequest request, in SipFlow flow, long nowMs)
    {
        if (contact.ExpiresSeconds == 0)
        {
            if (index < 0)
                return RegistrationChange.None;
            bindings.RemoveAt(index);
            return RegistrationChange.Removed;
        }
        var binding = new Binding(
            contact.Uri, request.CallId, request.CSeq, nowMs + (contact.ExpiresSeconds * 1000L), contact.QThousandths, contact.Instance, contact.RegId,
            request.Path, flow, request.UserAgent);
        if (index < 0)
        {
            bindings.Add(binding);
            return RegistrationChange.Added;
        }
        var old = bindings[index];
        bindings[index] = binding;
        var same = old.Uri == binding.Uri && old.QThousandths == binding.QThousandths && old.Flow == binding.Flow && old.UserAgent == binding.UserAgent
            && old.Path.SequenceEqual(binding.Path) && old.Instance == binding.Instance && old.RegId == binding.RegId;
        return same ? RegistrationChange.Refreshed : RegistrationChange.Altered;
    }

    /// <summary>The same Call-ID with no higher number came earlier, or is a repeat (step 7).</summary>
    private static bool IsOutOfOrder(Binding binding, RegistrationRequest request) => binding.CallId == request.CallId && request.CSeq <= binding.CSeq;

    private static string ContactOf(Binding binding, long nowMs)
    {
        var text = new StringBuilder(96).Append('<').Append(binding.Uri).Append(">;expires=").Append((binding.ExpiresAtMs - nowMs + 999) / 1000);
        if (binding.QThousandths != 1000)
            text.Append(";q=0.").Append(binding.QThousandths.ToString("D3"));
        if (binding.Instance.Length > 0)
            text.Append(";+sip.instance=\"<").Append(binding.Instance).Append(">\"");
        if (binding.RegId > 0)
            text.Append(";reg-id=").Append(binding.RegId);
        return text.ToString();
    }
}
