using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>What is known of a home before anybody looks at the disk.</summary>
internal enum HomeState
{
    /// <summary>It was never this account's.</summary>
    Unknown,

    /// <summary>It is this account's, and about to be made.</summary>
    Claimed,

    /// <summary>It was there.</summary>
    Made,

    /// <summary>It was there, and a mount point.</summary>
    Mounted,
}

/// <summary>
/// Which homes were there once, and which ROOTs were served: what lets a missing home be told from a new one, and an account's folder from one that
/// somebody else had put there. A file of the data folder to which every process appends whole lines, JSON arrays, of which the last one about a
/// home holds. Thread-safe.
/// </summary>
internal sealed class HomeRegister
{
    internal const string FileName = "homes";

    private const string Root = "root";

    private static readonly (HomeState State, string Word)[] Words = [(HomeState.Claimed, "claimed"), (HomeState.Made, "made"), (HomeState.Mounted, "mounted")];
    private static readonly HomeFactsJson Readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly string _path;
    private readonly ILogger _log;
    private readonly Dictionary<string, (string Place, HomeState State)> _homes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _roots = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _read; // Bytes of the file that are known, all of them whole lines.
    private bool _endsTorn; // A write that a crash or a full disk cut.

    internal HomeRegister(string data, ILogger log) => (_path, _log) = (Path.Combine(data, FileName), log);

    /// <summary>Its file.</summary>
    public string Place => _path;

    /// <summary>The ROOT that was served last; null where none was.</summary>
    internal string? LastRoot
    {
        get
        {
            lock (_gate)
            {
                Read();
                return field;
            }
        }
        private set;
    }

    /// <summary>True where that ROOT was served before: from then on others than the operator could put something into it.</summary>
    internal bool Knows(string root)
    {
        lock (_gate)
        {
            Read();
            return _roots.Contains(root);
        }
    }

    internal HomeState StateOf(string name, string place)
    {
        lock (_gate)
        {
            Read();
            return _homes.TryGetValue(name, out var home) && home.Place == place ? home.State : HomeState.Unknown;
        }
    }

    /// <summary>Writes it down, durably.</summary>
    /// <exception cref="IOException">It cannot be, and is not so.</exception>
    internal void Record(string name, string place, HomeState state)
    {
        lock (_gate) Append([Fact(name, place, state)]);
    }

    /// <summary>Writes down that ROOT is served from now on, and the homes that are in it already.</summary>
    /// <exception cref="IOException">It cannot be; this process knows it all the same.</exception>
    internal void RecordRoot(string root, IEnumerable<(string Name, string Place, HomeState State)> homes)
    {
        IReadOnlyList<string[]> facts = [[Root, root], .. homes.Select(home => Fact(home.Name, home.Place, home.State))];
        lock (_gate)
        {
            Read();
            foreach (var fact in facts) Learn(fact);
            Append(facts);
        }
    }

    private static string[] Fact(string name, string place, HomeState state) => [Words.First(each => each.State == state).Word, name, place];

    private void Append(IReadOnlyList<string[]> facts)
    {
        Read();
        var lines = string.Concat(facts.Select(fact => JsonSerializer.Serialize(fact, Readable.StringArray) + "\n"));
        Write(Encoding.UTF8.GetBytes(_endsTorn ? "\n" + lines : lines));
    }

    private void Write(byte[] lines)
    {
        // The kernel appends each write as a whole (open(2), O_APPEND), also where the offset says otherwise (pwrite(2), "Bugs").
        using var file = OwnFile.Open(_path, Kernel.ReadWrite | Kernel.Create | OwnFile.Append) ?? throw new IOException(AccountText.NotMade(_path));
        using var lent = Descriptor.Lend(file);
        if (Kernel.Write(lent.Number, lines, 0) != lines.Length || Kernel.Sync(lent.Number) < 0)
            throw new IOException(AccountText.NotWritten(_path));
    }

    private void Read()
    {
        SafeFileHandle? file;
        try
        {
            file = OwnFile.Open(_path, Kernel.ReadOnly);
        }
        catch (IOException unreadable)
        {
            _log.HomesUnreadable(unreadable.Message);
            return;
        }

        if (file is null) return;

        using (file)
        {
            var length = RandomAccess.GetLength(file);
            if (length < _read) Restart();
            if (length > _read) Read(file, length);
        }
    }

    private void Read(SafeFileHandle file, long length)
    {
        var fresh = new byte[length - _read];
        var got = RandomAccess.Read(file, fresh, _read);
        var whole = fresh.AsSpan(0, got).LastIndexOf((byte)'\n') + 1;
        _endsTorn = whole < got;
        _read += whole;
        foreach (var range in fresh.AsSpan(0, whole).Split((byte)'\n'))
        {
            if (Parse(fresh.AsSpan(0, whole)[range]) is { } fact) Learn(fact);
        }
    }

    /// <summary>Somebody has removed the file: what it said is no longer so.</summary>
    private void Restart()
    {
        _read = 0;
        _homes.Clear();
        _roots.Clear();
        LastRoot = null;
    }

    /// <summary>Null for what is no fact: a line that was cut.</summary>
    private static string[]? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, Readable.StringArray);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Learn(string[] fact)
    {
        switch (fact)
        {
            case [Root, var root]:
                _roots.Add(root);
                LastRoot = root;
                break;
            case [var word, var name, var place] when Array.Find(Words, each => each.Word == word) is { Word: not null } known:
                _homes[name] = (place, known.State);
                break;
        }
    }
}
