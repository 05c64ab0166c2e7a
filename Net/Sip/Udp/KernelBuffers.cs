using System.Net.Sockets;

namespace Webphone.Net.Sip.Udp;

/// <summary>Sets the kernel's buffers of a socket, beyond net.core.rmem_max where the process may (CAP_NET_ADMIN).</summary>
internal static class KernelBuffers
{
    private const int SolSocket = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;

    public static void Set(Socket socket, int receiveBytes, int sendBytes)
    {
        socket.ReceiveBufferSize = receiveBytes;
        socket.SendBufferSize = sendBytes;
        if (!OperatingSystem.IsLinux())
            return;
        TryForce(socket, ReceiveBufferForce, receiveBytes);
        TryForce(socket, SendBufferForce, sendBytes);
    }

    private static void TryForce(Socket socket, int option, int bytes)
    {
        try
        {
            socket.SetRawSocketOption(SolSocket, option, BitConverter.GetBytes(bytes));
        }
        catch (SocketException)
        {
            // Not permitted: what the system allows an ordinary process stays.
        }
    }
}
