using System.Net;
using System.Net.Sockets;
using System.Text;
using Argosy.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Examples;

/// <summary>
/// Standard input is a source like any socket: the operator reads what clients send, answers them by number ("2 we are coming"), and
/// "list" and "quit" work while everybody talks. One thread, no lock.
/// </summary>
internal sealed class OperatorConsole : IDisposable
{
    private readonly Selector _selector = new();
    private readonly SortedDictionary<int, Socket> _clients = [];
    private readonly byte[] _buffer = new byte[4096];
    private readonly Stream _input = Console.OpenStandardInput();
    private string _typed = "";
    private int _last;
    private bool _isOver;

    public static Task Main(string[] args)
    {
        using var console = new OperatorConsole();
        console.Run();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
        _selector.Dispose();
    }

    private void Run()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        using var keyboard = new SafeFileHandle(0, ownsHandle: false);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var stop = Stop.Token.Register(_selector.Wake);
        _selector.Register(listener, SelectorEvents.Read, () => Accept(listener));
        _selector.Register(keyboard, SelectorEvents.Read, () => Type(keyboard));
        Serving.Ready(listener.LocalEndPoint);
        while (!Stop.IsWished && !_isOver)
        {
            foreach (var (key, _) in _selector.Select()) ((Action)key.Data!)();
        }
    }

    private void Accept(Socket listener)
    {
        var (number, client) = (++_last, listener.Accept());
        client.Blocking = false;
        _clients[number] = client;
        _selector.Register(client, SelectorEvents.Read, () => Hear(number, client));
        Console.WriteLine($"{number} has come");
    }

    private void Hear(int number, Socket client)
    {
        var count = client.Receive(_buffer, SocketFlags.None, out var error);
        foreach (var line in Encoding.UTF8.GetString(_buffer, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Console.WriteLine($"{number} says: {line.TrimEnd()}");
        if (count == 0 && error != SocketError.WouldBlock) Leave(number, client);
    }

    private void Leave(int number, Socket client)
    {
        _selector.Unregister(client);
        _clients.Remove(number);
        client.Dispose();
        Console.WriteLine($"{number} has left");
    }

    private void Type(SafeFileHandle keyboard)
    {
        var count = _input.Read(_buffer); // not Console.ReadLine, which would wait for a whole line
        if (count == 0) _selector.Unregister(keyboard); // Ctrl-D: clients go on talking
        _typed += Encoding.UTF8.GetString(_buffer, 0, count);
        while (_typed.IndexOf('\n') is >= 0 and var end)
        {
            var line = _typed[..end].Trim();
            _typed = _typed[(end + 1)..];
            Obey(line);
        }
    }

    private void Obey(string line)
    {
        var words = line.Split(' ', 2);
        if (line == "quit") _isOver = true;
        else if (line == "list") Console.WriteLine(_clients.Count == 0 ? "nobody is here" : $"here: {string.Join(", ", _clients.Keys)}");
        else if (!int.TryParse(words[0], out var number) || words.Length < 2) Console.WriteLine("Type: NUMBER TEXT, list, or quit");
        else if (!_clients.TryGetValue(number, out var client)) Console.WriteLine($"there is no {number}");
        else client.Send(Encoding.UTF8.GetBytes(words[1] + "\n"), SocketFlags.None, out _);
    }
}
