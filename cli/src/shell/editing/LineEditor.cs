using System.Runtime.InteropServices;
using Argosy.Cli.Output;

namespace Argosy.Cli.Shell.Editing;

/// <summary>
/// Lines typed at a terminal: editing as readline users know it, history, completion. The terminal is in its own mode only while a line is being
/// edited; between lines it is as commands expect it.
/// </summary>
internal sealed class LineEditor : ILines
{
    private const string BeginPasteMode = "\u001b[?2004h";
    private const string EndPasteMode = "\u001b[?2004l";
    private const int EscapePatience = 50;
    private const int StandardInput = 0;
    private static readonly PosixSignal[] Endings = [PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly History _history;
    private readonly Completer _complete;
    private readonly Keyboard _keyboard = new();
    private readonly KeyDecoder _decoder = new();
    private readonly LineView _view = new();
    private readonly Queue<Key> _ahead = [];
    private readonly PosixSignalRegistration? _resized;

    public LineEditor(History history, Completer complete)
    {
        (_history, _complete) = (history, complete);
        if (!OperatingSystem.IsWindows())
            _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _keyboard.Wake());
    }

    public async Task<string?> ReadAsync(Func<string> prompt, CancellationToken end)
    {
        var line = await EditAsync(prompt, isQuestion: false, end);
        if (line is not null)
            _history.Add(line.TrimEnd());
        return line;
    }

    public async Task<string> AskAsync(string question, CancellationToken stop) =>
        await EditAsync(() => question, isQuestion: true, stop) ?? throw new OperationCanceledException();

    // Ctrl-C is a key here.
    public void Restart()
    {
    }

    public void BeginRow() => _view.Begin();

    public void Dispose()
    {
        _resized?.Dispose();
        _keyboard.Dispose();
    }

    private async Task<string?> EditAsync(Func<string> prompt, bool isQuestion, CancellationToken end)
    {
        using var mode = TerminalMode.Begin(StandardInput, TerminalMode.Raw, Endings, Enter, () => _view.Write(EndPasteMode));
        using var waking = end.UnsafeRegister(static keyboard => ((Keyboard)keyboard!).Wake(), _keyboard);
        _view.Begin();
        try
        {
            return await new Edit(this, prompt, isQuestion, mode, end).RunAsync();
        }
        catch (OperationCanceledException)
        {
            _view.Leave();
            throw;
        }
    }

    // What was drawn before a stop is somebody else's now: it is drawn anew.
    private void Enter()
    {
        _view.Write(BeginPasteMode);
        _keyboard.Wake();
    }

    /// <summary>The next key; null when none will come. Draws anew whenever that may be needed.</summary>
    private async Task<Key?> NextAsync(Action draw, CancellationToken end)
    {
        while (_ahead.Count == 0)
        {
            draw();
            end.ThrowIfCancellationRequested();
            if (!await FillAsync(-1))
                return null;
        }

        return _ahead.Dequeue();
    }

    private async Task<bool> FillAsync(int patience)
    {
        if (await _keyboard.ReadAsync(_decoder.IsUndecided ? EscapePatience : patience) is not { } bytes)
            return false;
        if (bytes.Length == 0)
            _decoder.GiveUp();
        _decoder.Take(bytes).ForEach(_ahead.Enqueue);
        return true;
    }

    /// <summary>Waits for something, and gives it up at Ctrl-C; other keys wait.</summary>
    private async Task<Completion> WatchAsync(string line)
    {
        using var stop = new CancellationTokenSource();
        var finding = _complete(line, stop.Token);
        _ = finding.ContinueWith(_ => _keyboard.Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!finding.IsCompleted && await FillAsync(-1))
        {
            if (!_ahead.Any(key => key.Kind is KeyKind.Cancel))
                continue;
            while (_ahead.Dequeue().Kind is not KeyKind.Cancel)
            {
                // What was typed before it is cleared by it.
            }

            await stop.CancelAsync();
            return Completion.Nothing;
        }

        return await finding;
    }

    /// <summary>One line, from its prompt to its end.</summary>
    private sealed class Edit(LineEditor editor, Func<string> prompt, bool isQuestion, TerminalMode? mode, CancellationToken end)
    {
        private readonly LineBuffer _line = new();
        private readonly LineView _view = editor._view;
        private IReadOnlyList<string> _past = editor._history.Lines;
        private int _at = editor._history.Lines.Count;
        private string _present = "";
        private Completion? _offered;

        public async Task<string?> RunAsync()
        {
            if (isQuestion)
                _past = [];
            while (true)
            {
                var key = await NextAsync();
                var (offered, _) = (_offered, _offered = null);
                switch (key?.Kind)
                {
                    case null:
                    case KeyKind.EndOfInput when _line.IsEmpty:
                        _view.Leave();
                        return null;
                    case KeyKind.Enter:
                        _view.Draw(prompt(), _line.Text, _line.Text.Length);
                        _view.Leave();
                        return _line.Text;
                    case KeyKind.Cancel when isQuestion:
                        _view.Leave("^C");
                        return null;
                    case KeyKind.Cancel:
                        _line.Do(new Key(KeyKind.End));
                        Draw();
                        _view.Leave("^C");
                        _line.Set("");
                        _at = _past.Count;
                        break;
                    case KeyKind.Tab when !isQuestion:
                        await CompleteAsync(offered);
                        break;
                    case KeyKind.Search when !isQuestion:
                        await SearchAsync();
                        break;
                    case KeyKind.Up:
                        Recall(_at - 1);
                        break;
                    case KeyKind.Down:
                        Recall(_at + 1);
                        break;
                    case KeyKind.Clear:
                        _view.Clear();
                        break;
                    case KeyKind.Suspend:
                        Draw();
                        _view.Leave("^Z");
                        mode?.Suspend();
                        break;
                    default:
                        _line.Do(key.Value);
                        break;
                }
            }
        }

        private Task<Key?> NextAsync() => editor.NextAsync(Draw, end);

        private void Draw() => _view.Draw(prompt(), _line.Text, _line.Cursor);

        private void Recall(int to)
        {
            if (to < 0 || to > _past.Count)
                return;
            if (_at == _past.Count)
                _present = _line.Text;
            _at = to;
            _line.Set(to == _past.Count ? _present : _past[to]);
        }

        private async Task CompleteAsync(Completion? offered)
        {
            // The second time, where the first could add nothing: all of them.
            if (offered is not null)
            {
                _view.Draw(prompt(), _line.Text, _line.Text.Length);
                _view.Leave();
                _view.Write(Columns.Of(offered.Candidates.Select(candidate => candidate.Shown).ToList(), WindowSize.Now.Columns, WindowSize.Now.Rows - 2).Replace("\n", "\r\n", StringComparison.Ordinal));
                return;
            }

            Draw();
            var found = await editor.WatchAsync(_line.Text[.._line.Cursor]);
            if (found.Replacement is { } text)
            {
                _line.Replace(found.Start, text);
                return;
            }

            _view.Write("\a");
            _offered = found.Candidates.Count > 0 ? found : null;
        }

        private async Task SearchAsync()
        {
            var search = new HistorySearch(_past);
            while (true)
            {
                var key = await editor.NextAsync(() => _view.Draw(search.Prompt, search.Found ?? "", (search.Found ?? "").Length), end);
                if (key is { } used && search.Do(used))
                    continue;
                if (key?.Kind is KeyKind.Cancel or KeyKind.Abort)
                    return;
                if (search.Found is { } found)
                    _line.Set(found);
                // Enter runs it; whatever else it is, the line is there to be edited.
                if (key is { } next)
                    editor._ahead.Enqueue(next);
                return;
            }
        }
    }
}
