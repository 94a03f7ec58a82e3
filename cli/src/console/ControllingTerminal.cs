using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Cli.Output;

/// <summary>
/// The terminal that the process belongs to (/dev/tty), wherever its standard streams go: where people are asked while a file comes from a pipe.
/// </summary>
internal sealed class ControllingTerminal : IDisposable
{
    private const string Name = "/dev/tty";
    private readonly SafeFileHandle _handle;
    private readonly DescriptorOutput _output;
    private readonly StreamReader _input;

    private ControllingTerminal(SafeFileHandle handle)
    {
        _handle = handle;
        Descriptor = (int)handle.DangerousGetHandle();
        _output = new DescriptorOutput(Descriptor);
        _input = new StreamReader(new DescriptorInput(Descriptor), Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 128);
    }

    public int Descriptor { get; }

    /// <summary>
    /// True where somebody sits at it: it is there, and one of the standard streams is a terminal too. A command of which nothing shows there, as in
    /// a scheduled job, is nobody's to answer for.
    /// </summary>
    public static bool IsAttended
    {
        get
        {
            if (Console.IsInputRedirected && Console.IsOutputRedirected && Console.IsErrorRedirected)
                return false;
            using var terminal = TryOpen();
            return terminal is not null;
        }
    }

    /// <summary>Opens it; null where the process belongs to none.</summary>
    public static ControllingTerminal? TryOpen()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return new ControllingTerminal(File.OpenHandle(Name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (OutputException)
        {
            // It has gone: the answer will not come either.
        }
    }

    /// <summary>The line that is typed next; null at the end. The terminal lets it be edited.</summary>
    public string? ReadLine()
    {
        try
        {
            return _input.ReadLine();
        }
        catch (CommandException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _handle.Dispose();
    }
}
