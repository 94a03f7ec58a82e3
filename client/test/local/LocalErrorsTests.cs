using System.Runtime.InteropServices;

namespace Argosy.Client.Tests.Local;

public sealed class LocalErrorsTests
{
    [Fact]
    public void No_error_of_the_kernel_is_told_in_its_own_words()
    {
        foreach (var number in Enumerable.Range(1, 140))
        {
            foreach (var isWritten in (bool[])[true, false])
            {
                var failure = LocalErrors.Make(number, "a\nb", isWritten);
                Assert.DoesNotContain(Marshal.GetPInvokeErrorMessage(number), failure.Message, StringComparison.OrdinalIgnoreCase);
                Assert.StartsWith("a\\nb: ", failure.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_the_base_library_throws_of_files_is_translated()
    {
        using var folder = new TemporaryFolder();
        (Action Act, LocalFault Fault)[] cases =
        [
            (() => File.ReadAllBytes(folder["none"]), LocalFault.NotFound),
            (() => File.ReadAllBytes(folder["no/ne"]), LocalFault.NotFound),
            (() => File.ReadAllBytes(folder[new string('x', 300)]), LocalFault.BadName),
            (() => File.ReadAllBytes(folder.Path), LocalFault.NotPermitted),
            (() => File.WriteAllText("/dev/full", "x"), LocalFault.NoSpace),
            (() => throw new EndOfStreamException("x"), LocalFault.Changed),
        ];
        foreach (var (act, fault) in cases)
        {
            var thrown = Assert.ThrowsAny<Exception>(act);
            var failure = LocalFileException.Of(thrown, "file", isWritten: false);
            Assert.Equal(fault, failure?.Fault);
            Assert.DoesNotContain(thrown.Message, failure!.Message, StringComparison.Ordinal);
            Assert.Same(failure, LocalFileException.Of(failure, "other", isWritten: true));
        }

        Assert.Null(LocalFileException.Of(new InvalidOperationException(), "file", isWritten: false));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_wrong_with_a_local_file_is_said_with_its_name_as_it_was_given()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("x"u8.ToArray(), "/f");
        Directory.CreateDirectory(server.Local["folder"]);
        File.CreateSymbolicLink(server.Local["round"], "round");
        (Func<Task> Act, LocalFault Fault, string Message)[] cases =
        [
            (() => client.PutAsync("nothere.txt", "/g"), LocalFault.NotFound, "nothere.txt: no such file"),
            (() => client.PutAsync(server.Local["folder"], "/g"), LocalFault.IsAFolder, $"{server.Local["folder"]}: is a folder, not a file"),
            (() => client.PutAsync(server.Local["round"], "/g"), LocalFault.Link, $"{server.Local["round"]}: is a link that is not followed here, or leads round in a circle"),
            (() => client.PutAsync("", "/g"), LocalFault.BadName, "A file's name is empty."),
            (() => client.PutAsync("a\0b", "/g"), LocalFault.BadName, "a\\x00b: a name cannot hold a NUL"),
            (() => client.GetAsync("/f", server.Local["folder"]), LocalFault.IsAFolder, $"{server.Local["folder"]}: is a folder; name the file in it"),
            (() => client.GetAsync("/f", server.Local["none/f"]), LocalFault.NotFound, $"{server.Local["none"]}: no such folder"),
            (() => client.GetAsync("/f", "/dev/full"), LocalFault.NoSpace, "/dev/full: the disk is full"),
            (() => client.GetAsync("/f", "/sys/kernel/f"), LocalFault.NotPermitted, "/sys/kernel: may not be written by you"),
            (() => client.PutFolderAsync("nothere", "/g").ToListAsync().AsTask(), LocalFault.NotFound, "nothere: no such folder"),
            (() => client.PutFolderAsync("/dev/null", "/g").ToListAsync().AsTask(), LocalFault.NotAFolder, "/dev/null: is not a folder"),
        ];
        foreach (var (act, fault, message) in cases)
        {
            var failure = await Assert.ThrowsAsync<LocalFileException>(act);
            Assert.Equal((message, fault), (failure.Message, failure.Fault));
        }
    }
}
