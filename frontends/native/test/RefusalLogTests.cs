using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>Which refusals an operator hears of.</summary>
public sealed class RefusalLogTests
{
    private readonly RecordingLogger _log = new();
    private readonly RefusalLog _refusals = new();

    [Theory]
    [InlineData(FileError.NotPermitted, 13, "failed, and the client was told \"not-permitted\"")] // EACCES
    [InlineData(FileError.NotPermitted, 30, "failed, and the client was told \"not-permitted\"")] // EROFS
    [InlineData(FileError.NoSpace, 28, "failed, and the client was told \"no-space\"")] // ENOSPC
    [InlineData(FileError.NoSpace, null, "failed, and the client was told \"no-space\"")] // Below the reserve.
    [InlineData(FileError.Storage, 5, "failed, and the client was told \"storage\"")] // EIO
    [InlineData(FileError.NotPermitted, 40, "Refused: put a of alex")] // ELOOP: a link of the client's own.
    [InlineData(FileError.OverQuota, null, "Refused: put a of alex")]
    public void What_the_system_refuses_is_a_warning_and_the_rest_is_told_where_all_is(FileError error, int? system, string part)
    {
        for (int i = 0; i < 3; i++)
            Write(new FileException(error, "why") { SystemError = system });

        Assert.Contains(part, _log.Lines.First());
        Assert.Equal(part.StartsWith("Refused", StringComparison.Ordinal) ? 3 : 1, _log.Lines.Count);
    }

    [Fact]
    public void The_cause_behind_a_cause_is_told()
    {
        Write(new FileException(FileError.Storage, "The home cannot be opened.", new FileException(FileError.NotFound, "/srv/x: it does not exist.")));

        Assert.Contains("The home cannot be opened. (/srv/x: it does not exist.)", Assert.Single(_log.Lines));
    }

    private void Write(FileException cause) =>
        _refusals.Write(_log, new Request { Command = "put", Path = "a"u8.ToArray() }, "alex", ErrorTable.Of(cause.Error), cause);
}
