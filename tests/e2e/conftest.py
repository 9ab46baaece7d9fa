from tests.e2e.process import claims

__all__ = ["claims"]
