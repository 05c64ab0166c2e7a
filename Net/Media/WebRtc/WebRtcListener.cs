using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// Takes the TCP connections of peers that no UDP reaches us from (RFC 6544: the peer is active, we are passive). Thread-safe.
/// </summary>
internal sealed class WebRtcListener : IDisposable
{
    private readonly ConcurrentDictionary<WebRtcConnection, byte> _connections = new();
    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private readonly WebRtcPort _port;
    private readonly Socket _socket;
    private volatile bool _stopped;

    public WebRtcListener(WebRtcPort port, IPEndPoint local)
    {
        _port = port;
        _socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
                _socket.DualMode = false;
            _socket.Bind(local);
            _socket.Listen();
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
        _ = Accept();
    }

    public int Connections => _connections.Count;

    public void Dispose()
    {
        _stopped = true;
        _socket.Dispose();
        foreach (var connection in _connections.Keys)
            connection.Close();
    }

    private async Task Accept()
    {
        while (!_stopped)
        {
            Socket accepted;
            try
            {
                accepted = await _socket.AcceptAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One that was gone before it was taken, or no descriptor left: the next may do better, though not at once.
                await Task.Delay(TimeSpan.FromMilliseconds(10));
                continue;
            }
            if (accepted.RemoteEndPoint is IPEndPoint remote && MayEnter(remote.Address))
            {
                _ = Serve(accepted, remote);
                continue;
            }
            _port.Counters.Count(WebRtcDrop.RefusedConnection);
            accepted.Dispose();
        }
    }

    private bool MayEnter(IPAddress address)
    {
        if (_stopped || _connections.Count >= _port.Settings.MaxConnections)
            return false;
        if (_byAddress.AddOrUpdate(address, 1, static (_, count) => count + 1) <= _port.Settings.MaxConnectionsPerAddress)
            return true;
        Leave(address);
        return false;
    }

    private void Leave(IPAddress address)
    {
        if (_byAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0)
            _byAddress.TryRemove(KeyValuePair.Create(address, 0));
    }

    private async Task Serve(Socket socket, IPEndPoint remote)
    {
        var connection = new WebRtcConnection(_port, socket, remote);
        _connections[connection] = 0;
        try
        {
            await connection.Run();
        }
        catch (Exception e)
        {
            _port.Faults.Report(e);
        }
        finally
        {
            connection.Close();
            _connections.TryRemove(connection, out _);
            Leave(remote.Address);
        }
    }
}
