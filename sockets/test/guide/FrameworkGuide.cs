using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>Answers each line in capitals.</summary>
public sealed class Shout : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        using var lines = new FramedConnection(Connection, new LineFraming(maxLine: 1024));
        while (await lines.ReadAsync() is { } line)
        {
            var text = Encoding.UTF8.GetString(line.Span);
            await lines.WriteAsync(Encoding.UTF8.GetBytes(text.ToUpperInvariant()));
        }
    }
}

/// <summary>The same, encrypted, and with limits on a peer's patience.</summary>
public sealed class SecureShout(SslServerAuthenticationOptions tls) : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        var secure = await Connection.AuthenticateAsServerAsync(tls, Deadline.After(TimeSpan.FromSeconds(10)));
        using var lines = new FramedConnection(secure, new LineFraming(maxLine: 1024));
        while (true)
        {
            secure.ReadDeadline = Deadline.After(TimeSpan.FromMinutes(5));   // for the whole line, however slowly it drips
            secure.WriteDeadline = Deadline.After(TimeSpan.FromMinutes(5));
            if (await lines.ReadAsync() is not { } line) return;
            await lines.WriteAsync(line);
        }
    }
}

/// <summary>Says so where it is full, instead of hanging up without a word.</summary>
public sealed class PoliteShout : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        if (Context.IsOverloaded)
        {
            await Connection.WriteAsync("421 too many guests, come again later\r\n"u8.ToArray());
            return;
        }

        await Connection.WriteAsync("220 welcome\r\n"u8.ToArray());
        await Connection.ReadAsync(new byte[1]);
    }
}

/// <summary>Passes bytes between its client and another server, both ways, and reads no faster than the slower side takes.</summary>
public sealed class Relay(EndPoint target) : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        await using var other = await Context.ConnectAsync(target, Deadline.After(TimeSpan.FromSeconds(10)));
        IConnection[] sides = [Connection, other];
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var readable = await Context.WaitAnyAsync(sides, Deadline.After(TimeSpan.FromMinutes(10)));
            var count = await sides[readable].ReadAsync(buffer);
            if (count == 0) return;
            await sides[1 - readable].WriteAsync(buffer.AsMemory(0, count));
        }
    }
}

/// <summary>One guest of a chat, in callback style.</summary>
public sealed class ChatGuest(ChatRoom room) : LineReceiver
{
    protected internal override void ConnectionMade()
    {
        SetTimeout(TimeSpan.FromMinutes(10));
        room.Enter(this);
    }

    protected override void LineReceived(string line)
    {
        ResetTimeout();
        room.Say($"{Transport.RemoteEndPoint}: {line}");
    }

    protected internal override void ConnectionLost(Exception? reason) => room.Leave(this);
}

/// <summary>What the guests share. Guests may be on different threads, so it has a lock; writing to a transport is for any thread.</summary>
public sealed class ChatRoom() : ProtocolFactory(() => throw new NotSupportedException())
{
    private readonly HashSet<ChatGuest> _guests = [];

    public void Enter(ChatGuest guest)
    {
        lock (_guests) _guests.Add(guest);
    }

    public void Leave(ChatGuest guest)
    {
        lock (_guests) _guests.Remove(guest);
    }

    public void Say(string line)
    {
        lock (_guests)
        {
            foreach (var guest in _guests) guest.SendLine(line);
        }
    }

    protected internal override Protocol? BuildProtocol(IConnection connection) => new ChatGuest(this);
}

/// <summary>Gives a file to whoever knows the key.</summary>
public sealed class KeyedFile(byte[] key, string path) : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        await Connection.ChallengeAsServerAsync(key, Deadline.After(TimeSpan.FromSeconds(5)));
        using var file = await Context.OffloadAsync(static path => File.OpenHandle(path), path);
        await Connection.SendFileAsync(file, offset: 0, count: RandomAccess.GetLength(file));
    }
}

/// <summary>Takes whatever comes into a file, and says when it has all of it.</summary>
public sealed class Spool(SafeFileHandle file) : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        var buffer = new byte[256 * 1024];
        long offset = 0;
        await Context.BulkAsync(async () =>
        {
            while (await Connection.ReadAsync(buffer) is > 0 and var count)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, count), offset); // blocking is allowed here
                offset += count;
            }
        });
        await Connection.WriteAsync("got it\n"u8.ToArray());
    }
}

/// <summary>Takes a size in a line and so many bytes into a file.</summary>
public sealed class Upload(SafeFileHandle file) : ConnectionHandler
{
    public override async ValueTask HandleAsync()
    {
        int size;
        using (var lines = new FramedConnection(Connection, new LineFraming(maxLine: 100)))
            size = int.Parse((await lines.ReadAsync() ?? throw new EndOfStreamException()).Span);
        await Connection.ReceiveToFileAsync(file, offset: 0, count: size);
        await Connection.WriteAsync("got it\n"u8.ToArray());
    }
}

/// <summary>Answers a datagram with its length.</summary>
public sealed class Measure : DatagramHandler
{
    public override ValueTask HandleAsync()
    {
        Context.Reply(Encoding.ASCII.GetBytes($"{Context.Length} bytes"));
        return ValueTask.CompletedTask;
    }
}

/// <summary>The loop of docs/selectors.md: serves until a client has said something and gone.</summary>
internal static class SelectorGuide
{
    public static string Serve(Socket listener)
    {
        var log = "";
        var isServing = true;
        using var selector = new Selector();        // the best there is: epoll(7)
        selector.Register(listener, SelectorEvents.Read);
        while (isServing)
        {
            foreach (var ready in selector.Select(TimeSpan.FromSeconds(1)))
            {
                if (ready.Key.Data is Socket client) Read(client);
                else Accept();
            }
        }

        return log;

        void Accept()
        {
            var client = listener.Accept();
            client.Blocking = false;
            selector.Register(client, SelectorEvents.Read, data: client);
        }

        void Read(Socket client)
        {
            var buffer = new byte[100];
            var count = client.Receive(buffer);
            log += Encoding.ASCII.GetString(buffer, 0, count);
            if (count > 0) return;
            selector.Unregister(client);            // before it is closed
            client.Dispose();
            isServing = false;
        }
    }
}
