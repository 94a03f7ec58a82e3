using System.Runtime.InteropServices;
using Argosy.Cli.Output;

namespace Argosy.Cli.Tests.Progressing;

public sealed partial class GatheredLinesTests
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    [Fact]
    public void Many_lines_leave_in_few_writes_whole_and_in_order()
    {
        var output = new Recorder();
        string[] lines = [.. Enumerable.Range(0, 5000).Select(number => $"line {number}"), new string('x', 100_000), "last"];
        using (var gathered = new GatheredLines(output, Never))
            Array.ForEach(lines, gathered.Add);
        Assert.InRange(output.Writes.Count, 2, 10);
        Assert.All(output.Writes, write => Assert.EndsWith("\n", write, StringComparison.Ordinal));
        Assert.Equal(lines, string.Concat(output.Writes).TrimEnd('\n').Split('\n'));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_line_that_nothing_follows_is_written_by_itself()
    {
        var output = new Recorder();
        using var gathered = new GatheredLines(output);
        gathered.Add("alone");
        Assert.Equal("alone\n", await output.First.Task);
    }

    [Fact]
    public void An_output_that_takes_nothing_is_said_once()
    {
        using var gathered = new GatheredLines(new Recorder { IsFull = true }, Never);
        gathered.Add("lost");
        gathered.TryFlush();
        Assert.Throws<IOException>(() => gathered.Add("next"));
        gathered.Flush();
    }

    [Fact]
    public async Task A_signal_that_may_end_the_process_loses_nothing()
    {
        var output = new Recorder();
        using var surviving = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var gathered = new GatheredLines(output, Never);
        gathered.Add("kept");
        Assert.Equal(0, Kill(Environment.ProcessId, 1));
        Assert.Equal("kept\n", await output.First.Task.WaitAsync(ArgosyCommand.Patience));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    /// <summary>An output that remembers each write.</summary>
    private sealed class Recorder : StringWriter
    {
        public List<string> Writes { get; } = [];

        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsFull { get; init; }

        public override void Write(char[] buffer, int index, int count) => Take(new string(buffer, index, count));

        public override void WriteLine(string? value) => Take(value + "\n");

        private void Take(string text)
        {
            if (IsFull)
                throw new IOException("No space left on device");
            Writes.Add(text);
            First.TrySetResult(text);
        }
    }
}
