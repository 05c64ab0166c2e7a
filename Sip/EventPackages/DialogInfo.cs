namespace Webphone.Sip.EventPackages;

/// <summary>The states of a dialog that a lamp shows (<see href="https://www.rfc-editor.org/rfc/rfc4235#section-3.7.1">RFC 4235 §3.7.1</see>).</summary>
public enum WatchedDialogState : byte
{
    Trying,
    Proceeding,
    Early,
    Confirmed,
    Terminated,
}

/// <summary>One dialog of whom a lamp is for.</summary>
/// <param name="Id">The same as long as the dialog lives.</param>
/// <param name="IsInitiator">The one who is watched made the call.</param>
/// <param name="Holding">They do not hear the other side now.</param>
/// <param name="RemoteName">The other side's name; may be empty.</param>
/// <param name="RemoteUri">The other side's address.</param>
/// <param name="Name">What an INVITE with Replaces calls it; null where it is nobody's to replace.</param>
public sealed record WatchedDialog(string Id, bool IsInitiator, WatchedDialogState State, bool Holding, string RemoteName, string RemoteUri, DialogName? Name = null);

/// <summary>The Call-ID and the two tags of a dialog, as whoever is watched has them (<see href="https://www.rfc-editor.org/rfc/rfc4235#section-4.1">RFC 4235 §4.1</see>).</summary>
public sealed record DialogName(string CallId, string LocalTag, string RemoteTag);

/// <summary>
/// Writes application/dialog-info+xml (<see href="https://www.rfc-editor.org/rfc/rfc4235">RFC 4235</see>). Always the full state, so that a lost or late
/// NOTIFY leaves no lamp wrong; a dialog that has just ended is named once more.
/// </summary>
public static class DialogInfo
{
    public static ReadOnlySpan<byte> ContentType => "application/dialog-info+xml"u8;

    /// <param name="entity">Whom it is about: their SIP address.</param>
    /// <param name="name">Their name; may be empty.</param>
    /// <param name="dialogs">What there is.</param>
    public static EventDocument Write(string entity, string name, IReadOnlyList<WatchedDialog> dialogs)
    {
        var head = new XmlText().Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\""u8);
        var tail = new XmlText().Raw("\" state=\"full\" entity=\""u8).Text(entity).Raw("\">\r\n"u8);
        foreach (var dialog in dialogs)
            Write(tail, entity, name, dialog);
        return new EventDocument(head.ToArray(), tail.Raw("</dialog-info>\r\n"u8).ToArray(), isNumbered: true);
    }

    private static void Write(XmlText xml, string entity, string name, WatchedDialog dialog)
    {
        xml.Raw("<dialog id=\""u8).Text(dialog.Id);
        if (dialog.Name is { } known)
            xml.Raw("\" call-id=\""u8).Text(known.CallId).Raw("\" local-tag=\""u8).Text(known.LocalTag).Raw("\" remote-tag=\""u8).Text(known.RemoteTag);
        xml.Raw(dialog.IsInitiator ? "\" direction=\"initiator\">\r\n<state>"u8 : "\" direction=\"recipient\">\r\n<state>"u8);
        xml.Raw(Token(dialog.State)).Raw("</state>\r\n"u8);
        if (dialog.State != WatchedDialogState.Terminated)
        {
            // On hold is a target that does not render (RFC 4235 §4.1.6.1 with RFC 3840).
            Party(xml, "local"u8, name, entity, dialog.State == WatchedDialogState.Confirmed ? !dialog.Holding : null);
            Party(xml, "remote"u8, dialog.RemoteName, dialog.RemoteUri, null);
        }
        xml.Raw("</dialog>\r\n"u8);
    }

    private static void Party(XmlText xml, ReadOnlySpan<byte> side, string name, string uri, bool? renders)
    {
        xml.Raw("<"u8).Raw(side).Raw("><identity"u8);
        if (name.Length > 0)
            xml.Raw(" display=\""u8).Text(name).Raw("\""u8);
        xml.Raw(">"u8).Text(uri).Raw("</identity><target uri=\""u8).Text(uri).Raw("\""u8);
        if (renders is { } heard)
            xml.Raw("><param pname=\"+sip.rendering\" pval=\""u8).Raw(heard ? "yes"u8 : "no"u8).Raw("\"/></target>"u8);
        else
            xml.Raw("/>"u8);
        xml.Raw("</"u8).Raw(side).Raw(">\r\n"u8);
    }

    private static ReadOnlySpan<byte> Token(WatchedDialogState state) => state switch
    {
        WatchedDialogState.Trying => "trying"u8,
        WatchedDialogState.Proceeding => "proceeding"u8,
        WatchedDialogState.Early => "early"u8,
        WatchedDialogState.Confirmed => "confirmed"u8,
        _ => "terminated"u8,
    };
}
