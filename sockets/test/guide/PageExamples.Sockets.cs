#pragma warning disable CS1998, CS0219, CS0168, CS8321, CS4014, IDE0005, IDE0051, IDE0052, IDE0059, IDE0060 // one-line examples: compiled, not run
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The examples of docs/socketserver.md, so that they compile. <c>SocketServerPageTests</c> compares.</summary>
internal sealed partial class PageExamples
{
    private async Task SocketModuleAsync()
    {
        {
            using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        }

        {
            await using var backend = await context.ConnectAsync(address, Deadline.After(TimeSpan.FromSeconds(5)));
        }

        {
            options = options with { ListenOn = [new IPEndPoint(IPAddress.IPv6Any, 7000)] };
        }

        {
            using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        }

        {
            using var adopted = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        }

        {
            var found = await Dns.GetHostAddressesAsync("localhost");
        }

        {
            var entry = await Dns.GetHostEntryAsync(IPAddress.Loopback);
        }

        {
            Console.WriteLine(Environment.MachineName);
        }

        {
            var bytes = IPAddress.Parse("192.0.2.1").GetAddressBytes();
        }

        {
            var text = new IPAddress([192, 0, 2, 1]).ToString();
        }

        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer, 1234);
        }

        {
            Console.WriteLine(address.AddressFamily);
        }

        {
            Console.WriteLine(socket.SocketType);
        }

        {
            server.Bind();
        }

        {
            connection.ReadDeadline = Deadline.After(TimeSpan.FromSeconds(30));
        }

        {
            try { await connection.ReadAsync(buffer); } catch (TimeoutException) { connection.Abort(); }
        }

        {
            try { server.Bind(); } catch (ConnectionException e) when (e.Error == ConnectionError.AddressInUse) { Console.Error.WriteLine(e.Message); }
        }

        {
            options = options with { Model = ConcurrencyModels.Find("process")! };
        }

        {
            foreach (var card in NetworkInterface.GetAllNetworkInterfaces()) Console.WriteLine(card.Name);
        }

        {
            socket.SafeHandle.Dispose();
        }
    }

    private async Task SocketMethodsAsync()
    {
        {
            using var accepted = await socket.AcceptAsync();
        }

        {
            await using var listener = context.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        }

        {
            socket.Listen(backlog: 128);
        }

        {
            await socket.ConnectAsync(address);
        }

        {
            var sent = socket.Send(buffer);
        }

        {
            await connection.WriteAsync(buffer);
        }

        {
            await connection.SendFileAsync(file, offset: 0, count: 1_000_000);
        }

        {
            await connection.ReceiveToFileAsync(file, offset: 0, count: 1_000_000);
        }

        {
            var count = await connection.ReadAsync(buffer);
        }

        {
            datagram.Send("to somebody else"u8, address);
        }

        {
            Console.WriteLine($"{datagram.Payload.Length} bytes from {datagram.Sender}");
        }

        {
            var hash = SHA256.HashData(buffer);
        }

        {
            await connection.ShutdownWriteAsync();
        }

        {
            await connection.LingerAsync(TimeSpan.FromSeconds(2));
        }

        {
            selector.Register(socket.SafeHandle, SelectorEvents.Read);
        }

        {
            Console.WriteLine($"{connection.LocalEndPoint} <- {connection.RemoteEndPoint}");
        }

        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }

        {
            connection.ReadDeadline = Deadline.After(TimeSpan.FromSeconds(10));
        }

        {
            socket.Blocking = false;
        }

        {
            var stream = connection.AsStream();
        }

        {
            Console.WriteLine(socket.ProtocolType);
        }
    }
}
