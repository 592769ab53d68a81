from crawler.run.proof import Proof, Scope


def test_a_proof_is_shown_with_its_reason():
    assert str(Proof.proved(Scope.everything(9))) == "proved"
    assert str(Proof.unproven("the total is smaller")) == "unproven: the total is smaller"
    assert str(Proof.skipped("closed to visitors")) == "skipped: closed to visitors"


def test_only_a_proof_with_a_scope_holds():
    assert Proof.proved(Scope("a part")).holds
    assert not Proof.unproven("x").holds
    assert not Proof.skipped("x").holds


def test_a_proof_covers_the_ids_of_its_scope():
    proof = Proof.proved(Scope.everything(9))
    assert proof.covers(9)
    assert not proof.covers(10)
    assert not Proof.proved(Scope("changes since yesterday")).covers(1)
    assert not Proof.unproven("x").covers(1)
