using System.Buffers;
using System.Text;
using System.Text.Json;
using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>
/// How results and failures are shown: results on standard output, for people or (<c>--json</c>) as one object per line; failures on standard
/// error, and as objects too where objects were asked for.
/// </summary>
/// <param name="isJson">True for scripts.</param>
internal sealed class Results(bool isJson) : IDisposable
{
    // Lines wait while a progress line has the terminal, but never more than these.
    private const int MostHeld = 1000;
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(200);
    private readonly List<(TextWriter Writer, string Line)> _held = [];

    // Null on a terminal, where each line is seen at once.
    private readonly GatheredLines? _gathered = Console.IsOutputRedirected ? new GatheredLines(Console.Out) : null;
    private StatusLine? _status;
    private bool _isHeld;

    public bool IsJson => isJson;

    /// <summary>Who speaks in failures and warnings.</summary>
    public string Speaker { get; set; } = "argosy";

    /// <summary>The server's host where the command has come without a name: then what is not permitted may be so to somebody with one.</summary>
    public string? VisitsAt { get; set; }

    /// <summary>True once there is a session, so that something may have been begun.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Shows one result.</summary>
    /// <param name="text">For people, already safe to show; empty: nothing worth a line.</param>
    /// <param name="describe">For scripts: the members of the object.</param>
    public void Show(string text, Action<Utf8JsonWriter> describe)
    {
        if (isJson)
            Write(Console.Out, Encode(describe));
        else if (text.Length > 0)
            Write(Console.Out, text);
    }

    /// <summary>Shows something that is no failure but should be known: on standard error, and as an object where objects were asked for.</summary>
    public void Warn(string text, Action<Utf8JsonWriter> describe)
    {
        Write(Console.Error, OutputText.Failure(Speaker, null, text));
        if (isJson)
            Write(Console.Out, Encode(describe));
        _gathered?.TryFlush();
    }

    /// <summary>Shows people what to do next.</summary>
    public void Advise(string text) => Write(Console.Error, OutputText.Failure(Speaker, null, text));

    /// <summary>The same at the last moment, before a signal ends the process: whatever has the terminal makes room.</summary>
    public void AdviseAtOnce(string text) => Task.Run(() =>
    {
        lock (_held)
        {
            _held.Add((Console.Error, OutputText.Failure(Speaker, null, text)));
            Flush();
        }
    }).Wait(Courtesy);

    /// <summary>Shows what went wrong, and with what.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="subject">With what; null where that is clear.</param>
    /// <param name="resume">What to type to go on where it stopped; null where nothing was kept.</param>
    public void Fail(Exception exception, string? subject, string? resume = null)
    {
        var message = exception switch
        {
            OperationCanceledException when resume is not null => StopText.StoppedRepeat(resume),
            OperationCanceledException => HasBegun ? StopText.NothingKept : StopText.Stopped,
            RefusedException { Deed: { } deed } refused when VisitsAt is { } server => PlaceText.VisitorsMayNot(refused.Path, deed, server),
            _ => Message(exception),
        };
        // There is nobody to tell what became of what nobody reads.
        if (exception is OutputException { IsUnread: true })
            return;
        // A place on the server says more than the file that was to go there.
        var isPlaced = exception is RefusedException { Path: { } path } && message.StartsWith($"{path}: ", StringComparison.Ordinal);
        Write(Console.Error, OutputText.Failure(Speaker, isPlaced ? null : subject, message));
        if (isJson)
        {
            Write(Console.Out, Encode(json =>
            {
                json.WriteString("error", Name(exception));
                json.WriteString("message", message);
                if (subject is not null)
                    json.WriteString("about", subject);
            }));
            _gathered?.TryFlush();
        }
    }

    /// <summary>Waits until everything that was shown is written.</summary>
    /// <exception cref="IOException">Standard output takes nothing.</exception>
    public void Complete() => _gathered?.Flush();

    public void Dispose() => _gathered?.Dispose();

    /// <summary>Keeps lines back, in bounded memory, until <see cref="Flush"/> or until the returned object is disposed of.</summary>
    /// <param name="status">What has to make room when lines are written; null where nothing has.</param>
    public IDisposable Hold(StatusLine? status = null)
    {
        lock (_held)
            (_isHeld, _status) = (status is not null, status);
        return new Release(this);
    }

    /// <summary>Writes the lines that were kept back.</summary>
    /// <returns>False where there were none.</returns>
    public bool Flush()
    {
        lock (_held)
        {
            if (_held.Count == 0)
                return false;
            _status?.Erase();
            WriteHeld();
            return true;
        }
    }

    private static string Name(Exception exception) => exception switch
    {
        RefusedException refused => refused.Error,
        FileChangedException => "changed",
        NotReachableException => "not-reachable",
        NotVerifiedException => "not-verified",
        NotTrustedException => "not-trusted",
        OperationCanceledException => "stopped",
        UsageException or FormatException or CommandException { ExitCode: ExitCodes.Usage } => "usage",
        CommandException { ExitCode: ExitCodes.NotVerified } => "not-trusted",
        _ => "failed",
    };

    // This program's own messages are safe already.
    private static string Message(Exception exception) =>
        exception is ClientException or CommandException or UsageException or FormatException ? exception.Message : SystemText.Of(exception);

    private static string Encode(Action<Utf8JsonWriter> describe)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            describe(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private void Write(TextWriter writer, string line)
    {
        lock (_held)
        {
            // What goes to a file needs no room on the terminal.
            if (!_isHeld || (writer == Console.Out && Console.IsOutputRedirected && _status?.IsShared == false))
            {
                WriteLine(writer, line);
                return;
            }

            _held.Add((writer, line));
            if (_held.Count >= MostHeld)
                Flush();
        }
    }

    // The two streams may be one file, in which the order is to be seen: what waits comes before a failure.
    private void WriteLine(TextWriter writer, string line)
    {
        if (_gathered is not null && writer == Console.Out)
        {
            _gathered.Add(line);
            return;
        }

        _gathered?.TryFlush();
        writer.WriteLine(line);
    }

    // As few writes as there are turns between the two streams.
    private void WriteHeld()
    {
        _gathered?.TryFlush();
        var text = new StringBuilder();
        for (var at = 0; at < _held.Count; at++)
        {
            var (writer, line) = _held[at];
            text.Append(line).Append('\n');
            if (at + 1 < _held.Count && _held[at + 1].Writer == writer)
                continue;
            writer.Write(text);
            writer.Flush();
            text.Clear();
        }

        _held.Clear();
    }

    private sealed class Release(Results results) : IDisposable
    {
        public void Dispose()
        {
            lock (results._held)
            {
                results.Flush();
                (results._isHeld, results._status) = (false, null);
            }
        }
    }
}
