using System.Runtime.CompilerServices;
using System.Text;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>Responses to received requests (RFC 3261 §8.2.6): Via, From, To, Call-ID, CSeq and Record-Route go back as the bytes they came in.</summary>
public static class SipResponse
{
    /// <summary>A whole response without body. The tag goes to To if the request has none there; 100 takes none (RFC 3261 §8.2.6.2).</summary>
    [SkipLocalsInit]
    public static byte[] Create(SipMessage request, int status, scoped ReadOnlySpan<byte> toTag = default, scoped ReadOnlySpan<byte> phrase = default)
    {
        var writer = new SipWriter(stackalloc byte[1024]);
        Begin(ref writer, request, status, toTag, phrase);
        writer.NoBody();
        var response = writer.ToArray();
        writer.Dispose();
        return response;
    }

    /// <summary>The answer to a request that could not be taken, or null where the error says to drop it.</summary>
    public static byte[]? Create(SipMessage request, SipParseError error, scoped ReadOnlySpan<byte> toTag = default)
    {
        var (status, phrase, _) = error.Reason.Consequence();
        return status == 0 ? null : Create(request, status, toTag, Encoding.ASCII.GetBytes(phrase));
    }

    /// <summary>Writes status line and copied headers; the caller adds its own and ends with <see cref="SipWriter.Body"/> or <see cref="SipWriter.NoBody"/>.</summary>
    public static void Begin(ref SipWriter writer, SipMessage request, int status, scoped ReadOnlySpan<byte> toTag = default, scoped ReadOnlySpan<byte> phrase = default)
    {
        writer.StatusLine(status, phrase);
        var top = true;
        var copyRoute = status is > 100 and < 300;
        var addTag = request.ToTag.IsEmpty && !toTag.IsEmpty && status != 100;
        var text = request.Span;
        foreach (ref readonly var line in request.Lines)
        {
            var value = text.Slice(line.ValueStart, line.ValueLength);
            switch (line.Name)
            {
                case HeaderName.Via when top && !request.ReceivedStamp.IsEmpty:
                    TopVia(ref writer, value, request.ReceivedStamp);
                    top = false;
                    break;
                case HeaderName.To when addTag:
                    writer.BeginHeader(HeaderName.To);
                    if (request.HasUncleanHead)
                        writer.Text(value);
                    else
                        writer.Raw(value);
                    writer.Raw(";tag="u8);
                    writer.Text(toTag);
                    writer.EndLine();
                    break;
                case HeaderName.Via or HeaderName.From or HeaderName.To or HeaderName.CallId or HeaderName.CSeq:
                case HeaderName.RecordRoute when copyRoute:
                case HeaderName.Timestamp when status == 100:
                    if (request.HasUncleanHead)
                        writer.Header(line.Name, value);
                    else
                        writer.CleanLine(text, line);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The first value gets the stamp; received and rport that came with it give way.</summary>
    private static void TopVia(ref SipWriter writer, scoped ReadOnlySpan<byte> line, ViaStamp stamp)
    {
        writer.BeginHeader(HeaderName.Via);
        var values = new ListSplitter(line);
        values.MoveNext();
        var top = values.Current;
        if (Via.TryParse(top, out var via, out _))
            Stamped(ref writer, top, via, stamp);
        else
            writer.Text(top);
        while (values.MoveNext())
        {
            writer.Raw(", "u8);
            writer.Text(values.Current);
        }

        writer.EndLine();
    }

    private static void Stamped(ref SipWriter writer, scoped ReadOnlySpan<byte> value, scoped Via via, ViaStamp stamp)
    {
        writer.Text(value[..^via.Parameters.Raw.Length]);
        foreach (var parameter in via.Parameters)
        {
            if (parameter.Is("received"u8) || parameter.Is("rport"u8))
                continue;
            writer.Raw((byte)';');
            writer.Text(parameter.Name);
            if (!parameter.HasValue)
                continue;
            writer.Raw(parameter.IsQuoted ? "=\""u8 : "="u8);
            writer.Text(parameter.Value);
            if (parameter.IsQuoted)
                writer.Raw((byte)'"');
        }

        if (stamp.Received is { } received)
        {
            writer.Raw(";received="u8);
            writer.Address(received);
        }

        if (stamp.Rport == 0)
            return;
        writer.Raw(";rport="u8);
        writer.Number((uint)stamp.Rport);
    }
}
