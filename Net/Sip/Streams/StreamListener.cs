using System.Net;
using System.Net.Sockets;
using Webphone.Sip.Messages;

namespace Webphone.Net.Sip.Streams;

/// <summary>Accepts TCP connections for SIP over TCP or TLS, until it is disposed.</summary>
internal sealed class StreamListener : IDisposable
{
    private const int Backlog = 1_024;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly Action<StreamListener, Socket> _accepted;
    private readonly TimeProvider _time;

    /// <summary>Binds and listens at once; throws <see cref="SocketException"/> when the address is taken.</summary>
    /// <param name="id">Its number among the listeners.</param>
    /// <param name="point">Where to listen.</param>
    /// <param name="accepted">Takes an accepted connection, and owns its socket from then on.</param>
    /// <param name="time">For the pause after a failure.</param>
    public StreamListener(int id, SipListenPoint point, Action<StreamListener, Socket> accepted, TimeProvider time)
    {
        Id = id;
        Transport = point.Transport;
        _accepted = accepted;
        _time = time;
        _socket = new Socket(point.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(point.EndPoint);
            _socket.Listen(Backlog);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
        Local = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public int Id { get; }

    public SipTransport Transport { get; }

    public IPEndPoint Local { get; }

    /// <summary>Accepts until disposed.</summary>
    public async Task Run()
    {
        while (true)
        {
            try
            {
                _accepted(this, await _socket.AcceptAsync());
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or the peer left before it was accepted: others still want to come in.
                await Task.Delay(PauseAfterFailure, _time);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
