using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Gate;

/// <summary>
/// Remembers which users have proved who they are from which addresses and by which flows. Of fixed size: each entry has a few places, and the one that is
/// oldest gives way. Nobody gets in without a right password. Safe from any thread; no allocation.
/// </summary>
/// <param name="lifetime">How long a proof is remembered.</param>
internal sealed class ProvenOrigins(TimeSpan lifetime)
{
    private const int Sets = 16_384;
    private const int Ways = 4;
    private const int LongestName = 256;

    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(16);
    private readonly long _lifetimeMs = (long)lifetime.TotalMilliseconds;
    private readonly (UInt128 Key, long ProvedMs)[] _places = new (UInt128, long)[Sets * Ways];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    public void Remember(in SipFlow flow, string tenant, string username, long nowMs)
    {
        var source = SourceAddress.From(flow.Remote.Address);
        Remember(KeyOf(source, tenant, username), nowMs);
        Remember(KeyOf(source, flow.Remote.Port, flow.Connection, tenant, username), nowMs);
    }

    public bool Knows(in SipFlow flow, string tenant, string username, long nowMs) =>
        Knows(KeyOf(SourceAddress.From(flow.Remote.Address), flow.Remote.Port, flow.Connection, tenant, username), nowMs);

    public bool Knows(SourceAddress source, string tenant, string username, long nowMs) => Knows(KeyOf(source, tenant, username), nowMs);

    /// <summary>A number for the user at the address, the same as long as this object lives; nobody can choose names that share it.</summary>
    public UInt128 KeyOf(SourceAddress source, string tenant, string username) => KeyOf(source.Accountable, -1, -1, tenant, username);

    private UInt128 KeyOf(SourceAddress source, int port, long connection, string tenant, string username)
    {
        Span<byte> text = stackalloc byte[16 + 16 + 4 + 8 + 1 + (2 * LongestName)];
        _seed.CopyTo(text);
        BinaryPrimitives.WriteUInt128BigEndian(text[16..], source.Bits);
        BinaryPrimitives.WriteInt32BigEndian(text[32..], port);
        BinaryPrimitives.WriteInt64BigEndian(text[36..], connection);
        var length = 44;
        length += Write(tenant, text[length..]);
        text[length++] = 0;
        length += Write(username, text[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>A longer name is no user's; its beginning is enough to count by.</summary>
    private static int Write(string name, Span<byte> to)
    {
        Encoding.UTF8.TryGetBytes(name.AsSpan(0, Math.Min(name.Length, LongestName / 4)), to[..LongestName], out var written);
        return written;
    }

    private void Remember(UInt128 key, long nowMs)
    {
        var set = (int)((uint)key % Sets);
        lock (_locks[set % _locks.Length])
        {
            var places = _places.AsSpan(set * Ways, Ways);
            var oldest = 0;
            for (var way = 0; way < Ways; way++)
            {
                if (places[way].Key == key)
                {
                    oldest = way;
                    break;
                }
                if (places[way].ProvedMs < places[oldest].ProvedMs)
                    oldest = way;
            }
            places[oldest] = (key, nowMs);
        }
    }

    private bool Knows(UInt128 key, long nowMs)
    {
        var set = (int)((uint)key % Sets);
        lock (_locks[set % _locks.Length])
        {
            foreach (ref readonly var place in _places.AsSpan(set * Ways, Ways))
            {
                if (place.Key == key)
                    return nowMs - place.ProvedMs < _lifetimeMs;
            }
        }
        return false;
    }
}
