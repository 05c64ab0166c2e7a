namespace Webphone.Sip.Authentication;

/// <summary>The response of <a href="https://www.rfc-editor.org/rfc/rfc7616#section-3.4.1">RFC 7616 §3.4.1</a>, with qop=auth or without qop.</summary>
public static class DigestResponse
{
    /// <param name="qop">Empty for RFC 2069; then nonceCount and clientNonce are not used.</param>
    /// <param name="destination">Gets lower-case hex, twice <see cref="DigestAlgorithms.HashBytes"/> long.</param>
    /// <returns>The length of the hex.</returns>
    public static int Compute(
        DigestAlgorithm algorithm,
        ReadOnlySpan<byte> ha1,
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> uri,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> nonceCount,
        ReadOnlySpan<byte> clientNonce,
        ReadOnlySpan<byte> qop,
        Span<byte> destination)
    {
        var size = algorithm.HashBytes();
        var needed = (size * 4) + 8 + Math.Max(method.Length + uri.Length, nonce.Length + nonceCount.Length + clientNonce.Length + qop.Length);
        var buffer = needed <= 1024 ? stackalloc byte[1024] : new byte[needed];
        Span<byte> hash = stackalloc byte[DigestAlgorithms.MaxHashBytes];
        hash = hash[..size];

        var text = new HashText(buffer);
        text.Add(method);
        text.AddAfterColon(uri);
        algorithm.Hash(text.Written, hash);
        Span<byte> ha2 = stackalloc byte[DigestAlgorithms.MaxHashBytes * 2];
        Convert.TryToHexStringLower(hash, ha2, out var hexLength);

        text = new HashText(buffer);
        text.AddHex(ha1);
        text.AddAfterColon(nonce);
        if (!qop.IsEmpty)
        {
            text.AddAfterColon(nonceCount);
            text.AddAfterColon(clientNonce);
            text.AddAfterColon(qop);
        }

        text.AddAfterColon(ha2[..hexLength]);
        algorithm.Hash(text.Written, hash);
        Convert.TryToHexStringLower(hash, destination, out var written);
        return written;
    }

    private ref struct HashText(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Add(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_buffer[_length..]);
            _length += text.Length;
        }

        public void AddAfterColon(ReadOnlySpan<byte> text)
        {
            _buffer[_length++] = (byte)':';
            Add(text);
        }

        public void AddHex(ReadOnlySpan<byte> bytes)
        {
            Convert.TryToHexStringLower(bytes, _buffer[_length..], out var written);
            _length += written;
        }
    }
}
